import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runStrata } from '../../support/run-strata.js'
import { missing, problem, scriptedService } from '../../support/scripted-service.js'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-cli-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Commands in this process then speak to this service. */
function service(answer: Parameters<typeof scriptedService>[0]) {
  const { fetch, seen } = scriptedService(answer)
  vi.stubGlobal('fetch', fetch)
  return seen
}

const stored = () => new Response(null, { status: 204, headers: { etag: '"e"' } })

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('usage', () => {
  it.each([
    [['get'], /needs KEY/],
    [['get', 'a', 'b'], /unexpected argument 'b'/],
    [['get', 'a', '--nonsense'], /unknown flag --nonsense/],
    [['get', 'a', '--namespase', 'b'], /did you mean --namespace/],
    [['get', 'a', '--root', 'x'], /--root is for --redis/],
    [['get', 'a', '--redis', 'redis://x', '--url', 'http://x'], /leave --url out/],
    [['get', 'a', '--redis', 'env:NOT_SET'], /NOT_SET is not set/],
    [['get', 'a', '--redis', 'http://x'], /redis:\/\//],
    [['get', 'a', '--url', 'nonsense'], /url/],
    [['get', 'a', '--admin-url', 'nonsense'], /no URL: nonsense/],
    [['get', 'a', '-n', '_x'], /namespace/],
    [['get', '..'], /no URL can hold it/],
    [['get', 'a', '--token-file', '/nowhere/at/all'], /cannot be read \(ENOENT\)/],
    [['set', 'a'], /needs KEY/],
    [['set', 'a', '1', '--ttl', 'soon'], /--ttl/],
    [['set', 'a', '1', '--ttl', '5'], /--ttl 5: say the unit, 5s or 5ms/],
    [['set', 'a', '1', '--if-match', '*', '--if-absent'], /contradict/],
    [['set', 'a', '1', '--tag', 'a,b'], /tags/],
    [['set', 'a', '@/nowhere/at/all'], /cannot be read \(ENOENT\)/],
    [['purge'], /--tag, --key, --response, --route or --all/],
    [['purge', '--response', '/posts/1'], /a whole URL/],
    [['purge', '--response', 'ftp://a/b'], /a whole URL/],
    [['purge', '--response', 'http://a b'], /a whole URL/],
    [['purge', '--route', '/feed', '-n', 'shop'], /of the namespace http/],
    [['purge', '--route', '/feed', '--redis', 'redis://127.0.0.1:1'], /leave --redis out/],
    [['explain', 'get', '/posts/1'], /'get' is no method/],
    [['explain', 'GET', '/posts/1', '--redis', 'redis://x'], /explained by a service/],
    [['completion', 'cmd'], /bash, zsh, fish/],
  ])('%j is code 2', async (argv, message) => {
    const seen = service(() => expect.unreachable())
    const { code, stdout, stderr } = await runStrata(argv)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(seen).toEqual([])
  })

  it('a file without a token is named and not shown', async () => {
    const path = file('bad-token', 'two words\nsecret')
    const { code, stderr } = await runStrata(['get', 'a', '--token-file', path])
    expect(code).toBe(2)
    expect(stderr).toContain('holds no token')
    expect(stderr).not.toContain('secret')
  })
})

describe('get', () => {
  it('prints JSON, from the namespace, with the token of the file', async () => {
    const seen = service(() => Response.json({ a: 1 }))
    const path = file('token', 't0\n')
    const argv = ['get', 'a/b', '-n', 'shop', '--url', 'http://x:1/', '--token-file', path]
    expect(await runStrata(argv)).toEqual({ code: 0, stdout: '{"a":1}\n', stderr: '' })
    expect(seen.map((one) => one.path)).toEqual(['/v1/shop/a%2Fb'])
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer t0')
  })

  it('takes address and token from the environment', async () => {
    const seen = service(() => Response.json(1))
    await runStrata(['get', 'a'], { env: { STRATA_URL: 'http://y', STRATA_TOKEN: 't1' } })
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer t1')
    expect(seen[0]?.path).toBe('/v1/default/a')
  })

  it('writes bytes as they are', async () => {
    service(() => new Response('<b>', { headers: { 'content-type': 'text/html' } }))
    expect(await runStrata(['get', 'a'])).toMatchObject({ code: 0, stdout: '<b>' })
  })

  it('--json says what is known', async () => {
    const headers = { 'content-type': 'a/b', etag: '"e"', age: '3' }
    service(() => new Response('x', { headers }))
    const { stdout } = await runStrata(['get', 'a', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      key: 'a',
      found: true,
      base64: 'eA==',
      type: 'a/b',
      etag: '"e"',
      age: 3,
    })
  })

  it.each([
    [[], '', /nothing fresh under 'a' in default at http/],
    [['--json'], '{"key":"a","found":false}\n', /^$/],
  ])('with %j ends with 1 for nothing', async (flags, stdout, stderr) => {
    service(() => missing())
    const ran = await runStrata(['get', 'a', ...flags])
    expect(ran).toMatchObject({ code: 1, stdout })
    expect(ran.stderr).toMatch(stderr)
  })
})

describe('exit codes', () => {
  const refused = (code: string) => () => {
    throw Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('x'), { code }),
    })
  }

  it.each([
    ['nothing listens', refused('ECONNREFUSED'), 3, /nothing listens on .*; start a service with/],
    ['no such host', refused('ENOTFOUND'), 3, /no host of the name/],
    ['a broken connection', refused('ECONNRESET'), 3, /cannot be reached \(ECONNRESET\)/],
    [
      'another program',
      () => new Response('hello', { status: 404 }),
      3,
      /no Strata service .*; the API of a proxy is on its admin listener/,
    ],
    ['no token', () => problem(401, 'unauthorized'), 4, /--token-file or STRATA_TOKEN/],
    ['a token that may not', () => problem(403, 'forbidden'), 4, /lacks the scope/],
    ['a namespace that is not served', () => problem(404, 'not-found'), 1, /not-found/],
    ['a value JSON does not hold', () => problem(406, 'not-acceptable'), 4, /--redis/],
    ['Redis away', () => problem(503, 'unavailable'), 1, /unavailable/],
  ])('%s', async (_, answer, expected, message) => {
    service(answer)
    const { code, stdout, stderr } = await runStrata(['get', 'a'])
    expect([code, stdout]).toEqual([expected, ''])
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  it('a value that is too large is refused', async () => {
    service(() => problem(413, 'too-large'))
    expect(await runStrata(['set', 'a', '1'])).toMatchObject({ code: 4 })
  })
})

describe('set', () => {
  it.each([
    ['JSON', ['{"a":1}'], '', '{"a":1}', 'application/json'],
    ['text', ['hello'], '', '"hello"', 'application/json'],
    ['JSON from standard input', ['-'], '[1]\n', '[1]', 'application/json'],
    ['bytes from standard input', ['-', '--type', 'text/plain'], 'hi', 'hi', 'text/plain'],
    ['bytes of the argument', ['hi', '--type', 'text/plain'], '', 'hi', 'text/plain'],
  ])('%s', async (_, args, stdin, text, type) => {
    const seen = service(stored)
    const ran = await runStrata(['set', 'a', ...args], { stdin })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect([seen[0]?.text, seen[0]?.headers.get('content-type')]).toEqual([text, type])
  })

  it('a file of any type', async () => {
    const seen = service(stored)
    const path = file('logo.png', 'not really')
    await runStrata(['set', 'a', `@${path}`, '--type', 'image/png'])
    expect([seen[0]?.text, seen[0]?.headers.get('content-type')]).toEqual([
      'not really',
      'image/png',
    ])
  })

  it('what should be JSON and is not is a mistake', async () => {
    const seen = service(stored)
    const { code, stderr } = await runStrata(['set', 'a', '-'], { stdin: 'not json' })
    expect([code, seen]).toEqual([2, []])
    expect(stderr).toContain('standard input is no JSON; say what it is with --type')
  })

  it('sends lifetime, tags and conditions', async () => {
    const seen = service(stored)
    const flags = ['--ttl', '1m', '--grace', '0', '--tag', 'a', '--tag', 'b', '--if-absent']
    expect(await runStrata(['set', 'k', '1', ...flags])).toMatchObject({
      code: 0,
      stdout: "stored 'k' in default at http://127.0.0.1:7450\n",
    })
    expect(Object.fromEntries(seen[0]?.headers ?? [])).toMatchObject({
      'cache-control': 'max-age=60, stale-while-revalidate=0',
      'cache-tag': 'a, b',
      'if-none-match': '*',
    })
  })

  it.each([[[]], [['--json']]])(
    'with %j and a condition that does not hold is code 4',
    async (flags) => {
      service(() => problem(412, 'precondition-failed'))
      expect(await runStrata(['set', 'a', '1', '--if-match', '"x"', ...flags])).toMatchObject({
        code: 4,
      })
    },
  )
})

describe('the ETag of a condition', () => {
  it.each([
    ['"b3Jh8iXGQfzN"', '"b3Jh8iXGQfzN"'],
    ['b3Jh8iXGQf-_', '"b3Jh8iXGQf-_"'],
    ['b3Jh.msgpack', '"b3Jh.msgpack"'],
    ['*', '*'],
  ])('%s is sent as %s', async (said, sent) => {
    const seen = service(stored)
    expect(await runStrata(['set', 'a', '1', '--if-match', said])).toMatchObject({ code: 0 })
    expect(seen[0]?.headers.get('if-match')).toBe(sent)
  })
})

describe('purge', () => {
  it('sends what is named', async () => {
    const seen = service(() => Response.json({ result: 'queued' }))
    const flags = ['--tag', 'a', '--tag', 'b', '--key', 'k', '--soft']
    expect(await runStrata(['purge', '-n', 'shop', ...flags])).toMatchObject({
      code: 0,
      stdout:
        'purged 2 tags and 1 key in shop at http://127.0.0.1:7450 (Redis is away and will be told later)\n',
    })
    expect(seen[0]?.path).toBe('/v1/shop/_purge')
    expect(JSON.parse(seen[0]?.text ?? '')).toEqual({
      tags: ['a', 'b'],
      keys: ['k'],
      all: false,
      soft: true,
    })
  })

  it.each([
    [{}, [], 'http://127.0.0.1:7451'],
    [{ STRATA_URL: 'http://a:1' }, [], 'http://a:1'],
    [{ STRATA_URL: 'http://a:1', STRATA_ADMIN_URL: 'http://b:2' }, [], 'http://b:2'],
    [{ STRATA_URL: 'http://a:1' }, ['--admin-url', 'http://c:3'], 'http://c:3'],
    [{}, ['--url', 'http://d:4', '-n', 'http'], 'http://d:4'],
  ])('with %j and %j, responses are purged at the admin listener, %s', async (env, flags, at) => {
    const seen = service(() => Response.json({ result: 'applied' }))
    const urls = ['http://shop.example/posts/1', 'https://shop.example/']
    const responses = urls.flatMap((url) => ['--response', url])
    const asked = ['purge', ...responses, '--route', '/feed', '--tag', 'a', ...flags]
    expect(await runStrata(asked, { env })).toMatchObject({
      code: 0,
      stdout: `purged 1 tag, 2 URLs and 1 route in http at ${at}\n`,
    })
    expect(seen.map(({ path }) => path)).toEqual(['/v1/http/_purge'])
    expect(JSON.parse(seen[0]?.text ?? '')).toEqual({
      tags: ['a'],
      keys: [],
      urls,
      routes: ['/feed'],
      all: false,
      soft: false,
    })
  })
})
