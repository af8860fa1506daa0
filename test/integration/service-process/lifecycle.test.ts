import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../support/http-client.js'
import { StrataProcess, type StrataOptions } from '../../support/strata-process.js'

const READER = 'reader-token-of-test'
const ADMIN = 'admin-token-of-tests'

const running: StrataProcess[] = []
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-serve-'))
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.kill()))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function serve(args: readonly string[] = [], options?: StrataOptions): StrataProcess {
  const program = new StrataProcess(['serve', '--port', '0', '--admin-port', '0', ...args], options)
  running.push(program)
  return program
}

function fileOf(name: string, content: unknown, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(path, mode)
  return path
}

async function statusOf(port: number, path: string, token?: string): Promise<number> {
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  return (await ask(port, path, { headers })).status
}

describe('tokens', () => {
  it('are asked for on the admin listener, with their scopes, and shown nowhere', async () => {
    const path = fileOf('tokens.json', [
      { token: READER, scopes: ['read'] },
      { token: ADMIN, scopes: ['admin'] },
    ])
    const program = serve(['--tokens', path, '--log-level', 'trace'])
    const { data, admin } = await program.listening()
    for (const page of ['/readyz', '/metrics']) {
      expect(await statusOf(admin, page)).toBe(401)
      expect(await statusOf(admin, page, 'unknown-token-of-me')).toBe(401)
      expect(await statusOf(admin, page, READER)).toBe(403)
      expect(await statusOf(admin, page, ADMIN)).toBe(200)
    }
    for (const port of [data, admin]) expect(await statusOf(port, '/healthz')).toBe(200)
    const refused = await ask(admin, '/metrics')
    expect(refused.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    })
    expect(JSON.parse(refused.body)).toMatchObject({
      type: 'https://strata-cache.dev/problems/unauthorized',
      status: 401,
      instance: refused.headers['request-id'],
    })
    program.signal('SIGTERM')
    await program.ended
    expect(program.log.filter(({ msg }) => msg === 'request').length).toBeGreaterThan(9)
    for (const token of [READER, ADMIN, 'unknown-token-of-me']) {
      expect(program.stderr + program.stdout).not.toContain(token)
    }
  })

  it('are asked for on the data listener, by scope and namespace', async () => {
    const path = fileOf('scopes.json', [
      { token: READER, scopes: ['read'], namespaces: ['shop'] },
      { token: ADMIN, scopes: ['write', 'purge'] },
    ])
    const { data, admin } = await serve(['--tokens', path, '--host', '0.0.0.0']).listening()
    for (const port of [data, admin]) {
      const send = async (method: string, url: string, token?: string, body?: string) => {
        const headers: Record<string, string> = { 'content-type': 'application/json' }
        if (token !== undefined) headers['authorization'] = `Bearer ${token}`
        const asking = { method, headers, ...(body !== undefined && { body }) }
        return (await ask(port, url, asking)).status
      }
      expect(await send('PUT', '/v1/shop/a', undefined, '1')).toBe(401)
      expect(await send('PUT', '/v1/shop/a', READER, '1')).toBe(403)
      expect(await send('PUT', '/v1/shop/a', ADMIN, '1')).toBe(204)
      for (let i = 0; i < 3; i++) {
        // an answer that was kept for one would be given to all
        expect(await send('GET', '/v1/shop/a', READER)).toBe(200)
        expect(await send('GET', '/v1/shop/a')).toBe(401)
        expect(await send('GET', '/v1/shop/a', ADMIN)).toBe(403)
      }
      expect(await send('GET', '/v1/other/a', READER)).toBe(403)
      expect(await send('GET', '/v1/shop/b?lease', READER)).toBe(403)
      expect(await send('POST', '/v1/shop/_purge', READER, '{"all":true}')).toBe(403)
      expect(await send('POST', '/v1/shop/_purge', ADMIN, '{"all":true}')).toBe(200)
      expect(await send('GET', '/v1/shop/a', READER)).toBe(404)
    }
  })

  it('that come by SIGHUP close what was open, also for answers that were kept', async () => {
    const config = fileOf('closing.yaml', '')
    const program = serve(['--config', config])
    const { data } = await program.listening()
    expect((await ask(data, '/v1/shop/a', { method: 'PUT', body: 'secret' })).status).toBe(204)
    for (let i = 0; i < 3; i++) expect(await statusOf(data, '/v1/shop/a')).toBe(200)
    fileOf('closing.yaml', `tokens: [{ token: ${READER}, scopes: [read] }]`)
    program.signal('SIGHUP')
    await program.logged('configuration read again')
    for (let i = 0; i < 3; i++) {
      expect(await statusOf(data, '/v1/shop/a')).toBe(401)
      expect(await statusOf(data, '/v1/shop/a', READER)).toBe(200)
    }
  })

  it('come from the environment as well', async () => {
    const env = { STRATA_TOKENS: JSON.stringify([{ token: ADMIN, scopes: ['admin'] }]) }
    const { admin } = await serve(['--admin-host', '0.0.0.0'], { env }).listening()
    expect(await statusOf(admin, '/readyz')).toBe(401)
    expect(await statusOf(admin, '/readyz', ADMIN)).toBe(200)
  })

  it('in a file that everybody may read are warned of', async () => {
    const path = fileOf('open.json', [{ token: ADMIN, scopes: ['admin'] }], 0o644)
    const program = serve(['--tokens', path])
    await program.listening()
    expect(program.log.map(({ msg }) => msg)).toEqual([
      `${path} holds tokens, and every user of this machine may read it (chmod o-r)`,
    ])
  })

  it('pages of other sites are refused', async () => {
    const { admin } = await serve().listening()
    for (const [site, status] of [
      ['cross-site', 403],
      ['same-site', 403],
      ['same-origin', 200],
      ['none', 200],
    ] as const) {
      const headers = { 'sec-fetch-site': site }
      expect((await ask(admin, '/metrics', { headers })).status).toBe(status)
    }
  })
})

describe('SIGHUP', () => {
  it('reads file and tokens again; what needs a restart is said', async () => {
    const tokens = fileOf('hup-tokens.json', [{ token: READER, scopes: ['admin'] }])
    const config = fileOf('hup.yaml', 'tokens: hup-tokens.json\nlogLevel: info\n')
    const program = serve(['--config', config])
    const { admin } = await program.listening()
    expect(await statusOf(admin, '/readyz', READER)).toBe(200)
    expect(await statusOf(admin, '/readyz', ADMIN)).toBe(401)
    fileOf('hup-tokens.json', [{ token: ADMIN, scopes: ['admin'] }])
    fileOf('hup.yaml', 'tokens: hup-tokens.json\nmaxKey: 10\nlogLevel: debug\nnative: false\n')
    program.signal('SIGHUP')
    expect(await program.logged('configuration read again')).toMatchObject({
      changed: ['tokens', 'maxKey', 'logLevel'],
      needRestart: ['native'],
    })
    expect(await statusOf(admin, '/readyz', READER)).toBe(401)
    expect(await statusOf(admin, '/readyz', ADMIN)).toBe(200)
    const before = program.log.length
    await statusOf(admin, '/readyz', ADMIN)
    expect(await program.logged('request', before)).toMatchObject({ level: 20, status: 200 })
    expect(readFileSync(tokens, 'utf8')).toContain(ADMIN)
  })

  it.each([
    ['a setting that is wrong', 'port: 1\nttl: soon\n', /:2: ttl must be/],
    ['no YAML', 'ttl: [', /:1:\d+: /],
    ['tokens that are wrong', 'tokens: bad.json\n', /bad\.json\[0\]\.token must be/],
  ])('keeps what is in force where the file has %s', async (_, text, message) => {
    fileOf('bad.json', [{ token: 'short', scopes: ['read'] }])
    const config = fileOf('kept.yaml', 'ttl: 1m\n')
    const program = serve(['--config', config])
    const { admin } = await program.listening()
    fileOf('kept.yaml', text)
    program.signal('SIGHUP')
    const { err, level } = await program.logged('configuration kept as it was')
    expect(level).toBe(50)
    expect(err).toMatch(message)
    expect(await statusOf(admin, '/readyz')).toBe(200)
    program.signal('SIGTERM')
    expect(await program.ended).toBe(0)
  })
})

describe('a process', () => {
  it('ends with 1 after what nobody caught, which is in its log', async () => {
    const script = `process.on('SIGUSR2', () => { throw new Error('nobody caught this') })`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
    const program = serve([], { env })
    await program.listening()
    program.signal('SIGUSR2')
    expect(await program.ended).toBe(1)
    const { err, level } = await program.logged('uncaught')
    expect(level).toBe(50)
    expect(err).toMatch(/nobody caught this\n +at /)
  })

  it('ends with 1 after a rejection that nobody handled', async () => {
    const script = `process.on('SIGUSR2', () => void Promise.reject(new Error('rejected')))`
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
    const program = serve([], { env })
    await program.listening()
    program.signal('SIGUSR2')
    expect(await program.ended).toBe(1)
    expect((await program.logged('uncaught'))['err']).toContain('rejected')
  })

  it('goes on when nobody reads its log', async () => {
    const program = serve(['--log-level', 'debug'])
    const { admin } = await program.listening()
    program.child.stderr.destroy()
    for (let i = 0; i < 20; i++) expect(await statusOf(admin, '/readyz')).toBe(200)
    program.signal('SIGTERM')
    expect(await program.ended).toBe(0)
  })

  const canUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0

  it.skipIf(!canUnshare)('stops gracefully as PID 1', async () => {
    const main = join(import.meta.dirname, '../../../dist/cli/main.js')
    const serving = [main, 'serve', '--port', '0', '--admin-port', '0', '--log-level', 'info']
    const outer = spawn('unshare', ['--pid', '--fork', process.execPath, ...serving])
    let log = ''
    outer.stderr.on('data', (text) => (log += String(text)))
    const ended = once(outer, 'close')
    try {
      await once(outer.stdout, 'data')
      const pid = outer.pid ?? 0
      const inner = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      process.kill(Number(inner), 'SIGTERM')
      expect((await ended)[0]).toBe(0)
      expect(log).toMatch(/"pid":1,.*"msg":"stopped"/)
    } finally {
      outer.kill('SIGKILL')
    }
  })
})
