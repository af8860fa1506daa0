import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cache, createCache } from '../../../src/index.js'
import { createServer, type Server, type ServerOptions } from '../../../src/server/index.js'

let cache: Cache
let app: Server

beforeEach(() => {
  cache = createCache({ logger: false })
  app = serve({})
})
afterEach(async () => {
  await app.close()
  await cache.close()
})

function serve(options: ServerOptions): Server {
  return createServer({ cache, logger: false, ...options })
}

async function ask(path: string, init: RequestInit = {}, server = app): Promise<Response> {
  const response = await server.fetch(new Request(`http://example.com${path}`, init))
  // by then it has been stored as well
  await new Promise(setImmediate)
  return response
}

async function bodyOf(path: string, init: RequestInit = {}, server = app): Promise<string> {
  return await (await ask(path, init, server)).text()
}

describe('a parameter of the query', () => {
  test('behind a second question mark is none that the key has', async () => {
    app.get('/a', { cache: { ttl: '1m', key: { query: ['page'] } } }, (c) =>
      c.text(String(c.req.query('page'))),
    )
    expect(await bodyOf('/a??page=evil')).toBe('undefined')
    expect(await bodyOf('/a')).toBe('undefined')
  })

  test('has the name in the key that a handler knows it by, broken escapes included', async () => {
    app.get('/a', { cache: { ttl: '1m', key: { query: ['100%'] } } }, (c) =>
      c.text(String(c.req.query('100%'))),
    )
    expect(await bodyOf('/a?%31%300%=evil')).toBe('evil')
    expect(await bodyOf('/a')).toBe('undefined')
  })
})

test('a handler sees the host as the key has it', async () => {
  app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text(`http://${c.req.header('host')}/`))
  app.get('/b', { cache: true }, (c) => {
    c.header('cache-control', 'max-age=60')
    return c.text(`http://${c.req.header('host')}/`)
  })
  for (const path of ['/a', '/b']) {
    const attack = { headers: { host: 'EXAMPLE.com:80' } }
    expect(await bodyOf(path, attack)).toBe('http://example.com/')
    expect(await bodyOf(path)).toBe('http://example.com/')
  }
})

test('an app of another kind sees the Authorization that its route lets pass by the cache', async () => {
  const server = serve({
    fetch: ({ headers, url }) =>
      new Response(`${headers.get('authorization')} ${new URL(url).search}`),
    rules: { '/a': { ttl: '1m', key: { query: [] } } },
  })
  const headers = { authorization: 'Bearer ann' }
  expect(await bodyOf('/a?page=2', { headers }, server)).toBe('Bearer ann ?page=2')
  expect(await bodyOf('/a?page=2', {}, server)).toBe('null ')
  expect(await bodyOf('/a?page=2', { headers }, server)).toBe('Bearer ann ?page=2')
  await server.close()
})

test.each([
  ['max-age=60', false],
  ['max-age=60, must-revalidate', false],
  ['public, max-age=60', true],
  ['s-maxage=60', true],
])('an answer made in view of Authorization, with %s, is kept: %o', async (said, isKept) => {
  app.get('/a', { cache: true }, (c) => {
    c.header('cache-control', said)
    return c.text(c.req.header('authorization') ?? 'guest')
  })
  expect(await bodyOf('/a')).toBe('guest')
  const headers = { authorization: 'Bearer ann' }
  expect(await bodyOf('/a', { headers })).toBe(isKept ? 'guest' : 'Bearer ann')
  expect(await bodyOf('/a')).toBe('guest')
})
