import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../../support/http-client.js'
import { describeRedis, startRedis } from '../../support/redis-server.js'
import { StrataProcess, type StrataOptions } from '../../support/strata-process.js'

const running: StrataProcess[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.kill()))
})

function serve(args: readonly string[] = [], options?: StrataOptions): StrataProcess {
  const program = new StrataProcess(['serve', '--port', '0', '--admin-port', '0', ...args], options)
  running.push(program)
  return program
}

describe.each([
  ['the listener there is', {}],
  ['the TypeScript listener', { STRATA_NATIVE: '0' }],
])('strata serve with %s', (name, env) => {
  it('prints where it listens first, answers there, and ends with 0 when it is told to', async () => {
    const program = serve([], { env })
    const { data, admin, line } = await program.listening()
    expect(line).toMatch(
      name === 'the TypeScript listener'
        ? /^strata: data http:\/\/127\.0\.0\.1:\d+, admin http:\/\/127\.0\.0\.1:\d+ \(TypeScript listener: native: false\)$/
        : /^strata: data http:\/\/127\.0\.0\.1:\d+, admin http:\/\/127\.0\.0\.1:\d+ \((native|TypeScript) listener.*\)$/,
    )
    for (const port of [data, admin]) {
      expect(await ask(port, '/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}' })
    }
    expect((await ask(data, '/readyz')).status).toBe(404)
    expect((await ask(admin, '/readyz')).body).toBe(
      '{"status":"ready","redis":"none","coherent":true}',
    )
    program.signal('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.log.map(({ msg }) => msg)).toEqual(['stopping', 'stopped'])
    await expect(ask(data, '/healthz')).rejects.toThrow('ECONNREFUSED')
  })

  it('answers to the names of this machine alone while there are no tokens', async () => {
    const { data, admin } = await serve([], { env }).listening()
    for (const port of [data, admin]) {
      for (const host of ['localhost', '127.0.0.1', '[::1]:80', `LOCALHOST:${port}`]) {
        expect((await ask(port, '/healthz', { headers: { host } })).status).toBe(200)
      }
      for (const host of ['rebound.example', `rebound.example:${port}`, '127.0.0.1.example']) {
        expect((await ask(port, '/healthz', { headers: { host } })).status).toBe(421)
      }
    }
  })
})

describe('strata serve', () => {
  it('ends by SIGINT as well', async () => {
    const program = serve()
    await program.listening()
    program.signal('SIGINT')
    expect(await program.ended).toBe(0)
  })

  it('says that a port is taken, and listens nowhere then', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const port = String((taken.address() as AddressInfo).port)
    try {
      for (const [flag, name] of [
        ['--port', 'data'],
        ['--admin-port', 'admin'],
      ] as const) {
        const program = serve([flag, port])
        expect(await program.ended).toBe(1)
        expect(program.stdout).toBe('')
        expect(program.stderr).toMatch(new RegExp(`^strata: ${name}: .*${port}.*$`, 'm'))
        expect(program.stderr).not.toContain('    at ')
      }
    } finally {
      taken.close()
    }
  })

  it('counts what it answers', async () => {
    const { data, admin } = await serve().listening()
    await ask(data, '/healthz')
    const { body, headers } = await ask(admin, '/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain/)
    expect(body).toContain('strata_http_requests_total{listener="data"} 1\n')
    expect(body).toContain('strata_memory_entries{namespace="strata"} 0\n')
    expect(body).toContain('process_resident_memory_bytes')
  })

  it('logs requests without what is in them', async () => {
    const program = serve(['--log-level', 'debug'])
    const { admin } = await program.listening()
    const headers = { 'request-id': 'my-1', authorization: 'Bearer secret-secret-secret' }
    const answer = await ask(admin, '/readyz?token=secret-secret-secret', { headers })
    expect(answer.headers['request-id']).toBe('my-1')
    const line = await program.logged('request')
    expect(line).toMatchObject({
      level: 20,
      listener: 'admin',
      method: 'GET',
      route: '/readyz',
      status: 200,
      id: 'my-1',
    })
    expect(program.stderr).not.toContain('secret')
  })

  it.each([
    [['--tokns', 'x'], 'unknown flag --tokns; did you mean --tokens?'],
    [['--max-value', '1'], '--max-value must be bytes as a whole number or a string with a unit'],
    [['--port', 'http'], '--port must be a whole number, 0 .. 65535, it is "http"'],
    [['--host', '0.0.0.0'], '--host must be an address of this machine alone'],
    [['--admin-host', '::'], '--admin-host must be an address of this machine alone'],
    [['--redis', 'http://u:secret@h'], '--redis must be a URL, redis://host:port'],
    [['--config', '/nowhere.yaml'], '/nowhere.yaml: it cannot be read (ENOENT)'],
    [['--tokens', '/nowhere.json'], '--tokens must be a file that can be read'],
    [['--tokens', '["secret"]'], '--tokens must be a file, or a list of tokens'],
    [['more'], "unexpected argument 'more'"],
  ])('refuses %j: %s', async (args, message) => {
    const program = serve(args)
    expect(await program.ended).toBe(2)
    expect(program.stdout).toBe('')
    expect(program.stderr).toMatch(/^strata: .*\nSee strata serve --help\.\n$/s)
    expect(program.stderr).toContain(`strata: ${message}`)
    expect(program.stderr).not.toContain('secret')
  })

  it('listens for other machines where that was said', async () => {
    const program = serve(['--host', '0.0.0.0', '--allow-public'])
    const { data } = await program.listening()
    const answer = await ask(data, '/healthz', { headers: { host: 'cache.example' } })
    expect(answer.status).toBe(200)
  })
})

describeRedis('strata serve with Redis', () => {
  it('is ready with it, degraded without it', async () => {
    const redis = await startRedis()
    try {
      const program = serve(['--redis', redis.url])
      const { admin } = await program.listening()
      const readiness = async () => JSON.parse((await ask(admin, '/readyz')).body) as unknown
      await expect.poll(readiness).toEqual({ status: 'ready', redis: 'ready', coherent: true })
      await redis.kill()
      await program.until(() => program.log.find(({ code }) => code === 'STRATA_REDIS_DOWN'))
      expect(await readiness()).toMatchObject({ status: 'degraded', redis: 'unavailable' })
      expect((await ask(admin, '/readyz')).status).toBe(200)
      program.signal('SIGTERM')
      expect(await program.ended).toBe(0)
    } finally {
      await redis.close()
    }
  })
})
