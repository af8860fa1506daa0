import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServer, type RequestEvent } from '../../../src/server/index.js'

let told: RequestEvent[] = []
const note = (event: unknown): void => void told.push(event as RequestEvent)

beforeEach(() => {
  told = []
  subscribe('strata:request', note)
})

afterEach(() => unsubscribe('strata:request', note))

test('tells each request once, with its app, status and length of time', async () => {
  const app = createServer()
    .get('/sync', () => 'a')
    .get('/later', async () => await Promise.resolve('b'))
    .get('/fails', () => {
      throw new Error('no')
    })
    .onError(() => new Response(null, { status: 502 }))
  for (const path of ['/sync', '/later', '/fails', '/none']) {
    await app.fetch(new Request(`http://x${path}`))
  }
  await app.fetch(new Request('http://x/sync', { method: 'DELETE' }))
  expect(told.map(({ method, status }) => `${method} ${status}`)).toEqual([
    'GET 200',
    'GET 200',
    'GET 502',
    'GET 404',
    'DELETE 405',
  ])
  for (const event of told) {
    expect(event.app).toBe(app)
    expect(event.duration).toBeGreaterThanOrEqual(0)
  }
})

test('a hit of a cached route is told as well', async () => {
  const app = createServer().get('/a', { cache: { ttl: '1m' } }, () => 'a')
  await app.fetch(new Request('http://x/a'))
  const hit = await app.fetch(new Request('http://x/a'))
  expect(hit.headers.get('cache-status')).toContain('hit')
  expect(told).toHaveLength(2)
  await app.close()
})

test('of an answer that comes later, the time until it is there', async () => {
  let answer: (text: string) => void = () => undefined
  const app = createServer().get(
    '/slow',
    () => new Promise<string>((resolve) => (answer = resolve)),
  )
  const response = app.fetch(new Request('http://x/slow'))
  expect(told).toEqual([])
  answer('a')
  await response
  expect(told).toHaveLength(1)
})
