import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../../support/http-client.js'
import { StrataProcess, type StrataOptions } from '../../support/strata-process.js'

const running: StrataProcess[] = []
const origins: Server[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.kill()))
  for (const origin of origins.splice(0)) origin.close().closeAllConnections()
})

interface Origin {
  readonly url: string
  /** Targets it was asked for. */
  readonly asked: string[]
}

async function startOrigin(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<Origin> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response, asked.length)
  }).listen(0, '127.0.0.1')
  origins.push(server)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function serve(args: readonly string[], options?: StrataOptions): StrataProcess {
  const program = new StrataProcess(['serve', '--port', '0', '--admin-port', '0', ...args], options)
  running.push(program)
  return program
}

const asJson = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

describe.each([
  ['the listener there is', {}],
  ['the TypeScript listener', { STRATA_NATIVE: '0' }],
])('strata serve --origin with %s', (_, env) => {
  it('answers from the cache what the origin allows, and purges it by URL', async () => {
    const origin = await startOrigin((_request, response, count) => {
      response.setHeader('cache-control', 'max-age=60').end(`answer ${count}`)
    })
    const { data, admin } = await serve(['--origin', origin.url], { env }).listening()
    const host = 'shop.example'
    const get = async (path: string) => (await ask(data, path, { headers: { host } })).body
    expect(await get('/price?of=1')).toBe('answer 1')
    expect(await get('/price?of=1')).toBe('answer 1')
    expect(await get('/other')).toBe('answer 2')
    const purged = await ask(
      admin,
      '/v1/http/_purge',
      asJson({ urls: ['http://shop.example/price'] }),
    )
    expect([purged.status, purged.body]).toEqual([200, '{"result":"applied"}'])
    expect(await get('/price?of=1')).toBe('answer 3')
    expect(await get('/other')).toBe('answer 2')
    expect(origin.asked).toEqual(['/price?of=1', '/other', '/price?of=1'])
  })

  it('has rules for paths, and purges by route and by tag', async () => {
    const origin = await startOrigin((_request, response, count) => response.end(`answer ${count}`))
    const file = join(mkdtempSync(join(tmpdir(), 'strata-origin-')), 'strata.yaml')
    writeFileSync(
      file,
      `
origin: ${origin.url}
rules:
  /posts/:id:
    ttl: 5m
    tags: ['post:{id}', posts]
`,
    )
    const { data, admin } = await serve(['--config', file], { env }).listening()
    const get = async (path: string) => (await ask(data, path)).body
    const purge = async (body: unknown) =>
      (await ask(admin, '/v1/http/_purge', asJson(body))).status
    expect([await get('/posts/1'), await get('/posts/2')]).toEqual(['answer 1', 'answer 2'])
    expect(await get('/posts/1')).toBe('answer 1')
    expect(await purge({ tags: ['post:1'] })).toBe(200)
    expect([await get('/posts/1'), await get('/posts/2')]).toEqual(['answer 3', 'answer 2'])
    expect(await purge({ routes: ['/posts/:id'] })).toBe(200)
    expect([await get('/posts/1'), await get('/posts/2')]).toEqual(['answer 4', 'answer 5'])
    expect([await get('/free'), await get('/free')]).toEqual(['answer 6', 'answer 7'])
  })

  it("leaves every path to the origin, and the API to the admin's listener", async () => {
    const origin = await startOrigin((request, response) => response.end(`origin ${request.url}`))
    const { data, admin } = await serve(['--origin', origin.url], { env }).listening()
    for (const path of ['/healthz', '/v1/a/b', '/v1/http/_purge', '/readyz']) {
      expect((await ask(data, path)).body).toBe(`origin ${path}`)
    }
    expect((await ask(admin, '/healthz')).body).toBe('{"status":"ok"}')
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '1' }
    expect((await ask(admin, '/v1/a/b', put)).status).toBe(204)
    expect((await ask(admin, '/v1/a/b')).body).toBe('1')
    expect((await ask(admin, '/v1/http/b', put)).status).toBe(400)
  })

  it('says 502 while there is no origin, and goes on', async () => {
    const gone = await startOrigin((_request, response) => response.end())
    const { url } = gone
    origins.splice(0).forEach((origin) => origin.close())
    const program = serve(['--origin', url], { env })
    const { data } = await program.listening()
    expect((await ask(data, '/')).status).toBe(502)
    expect((await ask(data, '/')).status).toBe(502)
    program.signal('SIGTERM')
    expect(await program.ended).toBe(0)
  })
})

describe('strata serve --origin', () => {
  it('is purged by URL and by route from the command line', async () => {
    const origin = await startOrigin((_request, response, count) => {
      response.setHeader('cache-control', 'max-age=60').end(`answer ${count}`)
    })
    const rules = ['--rules', '{"/feed/:page":true}']
    const { data, admin } = await serve(['--origin', origin.url, ...rules]).listening()
    const address = `http://127.0.0.1:${data}`
    const env = { STRATA_URL: address, STRATA_ADMIN_URL: `http://127.0.0.1:${admin}` }
    const get = async (path: string) => (await ask(data, path)).body
    const purge = (...flags: string[]) => StrataProcess.run(['purge', ...flags], { env })

    expect([await get('/price?of=1'), await get('/feed/1')]).toEqual(['answer 1', 'answer 2'])
    expect(await purge('--response', `${address}/price`)).toMatchObject({
      code: 0,
      stdout: `purged 1 URL in http at http://127.0.0.1:${admin}\n`,
    })
    expect([await get('/price?of=1'), await get('/feed/1')]).toEqual(['answer 3', 'answer 2'])
    expect(await purge('--route', '/feed/:page', '--json')).toMatchObject({
      code: 0,
      stdout: '{"result":"applied"}\n',
    })
    expect([await get('/price?of=1'), await get('/feed/1')]).toEqual(['answer 3', 'answer 4'])
    expect(await purge('-n', 'http', '--all')).toMatchObject({ code: 0 })
    expect(await get('/price?of=1')).toBe('answer 5')
  })

  it.each([
    [['--origin', 'http://user:secret-word@a/'], '--origin must be'],
    [['--origin', 'ftp://a'], '--origin must be'],
    [['--rules', '{"/a":{"ttl":"5m"}}'], '--rules must be nothing without an origin'],
    [['--proxy', '{"trust":true}'], '--proxy must be nothing without an origin'],
    [['--origin', 'http://a', '--rules', '{"/a":{}}'], '--rules: rules./a.ttl must be'],
    [['--origin', 'http://a', '--proxy', '{"trst":true}'], '--proxy: proxy.trst is no option'],
  ])('%j is refused', async (args, said) => {
    const program = serve(args)
    expect(await program.ended).toBe(2)
    expect(program.stderr).toContain(said)
    expect(program.stderr).not.toContain('secret-word')
  })

  it('may listen for other machines: what it answers is the origin’s', async () => {
    const origin = await startOrigin((_request, response) => response.end('hello'))
    const { data } = await serve(['--origin', origin.url, '--host', '0.0.0.0']).listening()
    expect((await ask(data, '/', { headers: { host: 'any.example' } })).body).toBe('hello')
  })
})
