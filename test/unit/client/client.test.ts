import { describe, expect, it } from 'vitest'
import { createClient, InvalidOptionError } from '../../../src/client/index.js'
import { missing, never, problem, scriptedService } from '../../support/scripted-service.js'

function clientOf(answer: Parameters<typeof scriptedService>[0], options: object = {}) {
  const { fetch, seen } = scriptedService(answer)
  return { client: createClient({ namespace: 'shop', fetch, ...options }), seen }
}

const done = () => new Response(null, { status: 204 })
const unreachable = () => {
  throw new TypeError('fetch failed')
}

describe('what a client is given', () => {
  it.each([
    [{ namespace: '_x' }, 'namespace'],
    [{ namespace: '..' }, 'namespace'],
    [{ namespace: 'a/b' }, 'namespace'],
    [{ namespace: 'a', url: 'ftp://x' }, 'url'],
    [{ namespace: 'a', url: 'http://x/?a' }, 'url'],
    [{ namespace: 'a', url: 'http://me:secret@x' }, 'url'],
    [{ namespace: 'a', token: 'two words' }, 'token'],
    [{ namespace: 'a', token: 'a\r\nX: y' }, 'token'],
    [{ namespace: 'a', timeout: 0 }, 'timeout'],
    [{ namespace: 'a', retry: 6 }, 'retry'],
    [{ namespace: 'a', fetch: 1 }, 'fetch'],
    [{ namespace: 'a', nonsense: 1 }, 'nonsense'],
  ])('%j is refused for its %s', (options, option) => {
    expect(() => createClient(options as never)).toThrow(expect.objectContaining({ option }))
  })

  it.each([{ token: 'top secret' }, { url: 'http://me:secret@x' }])(
    'a secret in %j is not in the error',
    (options) => {
      let error: unknown
      try {
        createClient({ namespace: 'a', ...options })
      } catch (thrown) {
        error = thrown
      }
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('secret')
    },
  )
})

describe('keys', () => {
  it.each([
    ['a', '/v1/shop/a'],
    ['a/b c', '/v1/shop/a%2Fb%20c'],
    ['a/../b', '/v1/shop/a%2F..%2Fb'],
    ['50%?#', '/v1/shop/50%25%3F%23'],
    ['\u{1F600}', '/v1/shop/%F0%9F%98%80'],
  ])('%j is asked for as %s', async (key, path) => {
    const { client, seen } = clientOf(() => missing())
    await client.get(key)
    expect(seen.map((request) => request.path)).toEqual([path])
  })

  it.each(['', '.', '..', '\ud800', 7])('%j is refused before anything is asked', async (key) => {
    const { client, seen } = clientOf(() => missing())
    await expect(client.get(key as string)).rejects.toMatchObject({ code: 'STRATA_INVALID_KEY' })
    expect(seen).toEqual([])
  })
})

describe('get and read', () => {
  it('bring JSON as its value', async () => {
    const { client, seen } = clientOf(() => Response.json({ a: [1, null] }), { token: 't0' })
    expect(await client.get('k')).toEqual({ a: [1, null] })
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer t0')
  })

  it('tell what is known of a value', async () => {
    const headers = {
      'content-type': 'image/png; q=1',
      etag: '"x"',
      age: '7',
      'cache-status': 'strata; hit; ttl=53',
    }
    const { client } = clientOf(() => new Response(new Uint8Array([0, 255]), { headers }))
    expect(await client.read('k')).toEqual({
      value: new Uint8Array([0, 255]),
      type: 'image/png',
      etag: '"x"',
      age: 7,
      ttl: 53,
    })
  })

  it('bring undefined for a miss', async () => {
    const { client } = clientOf(() => missing())
    expect([await client.get('k'), await client.read('k')]).toEqual([undefined, undefined])
  })

  it('take the 404 of another program for no miss', async () => {
    const { client } = clientOf(() => new Response('<h1>Not found', { status: 404 }))
    await expect(client.get('k')).rejects.toMatchObject({
      code: 'STRATA_SERVICE_REFUSED',
      status: 404,
      problem: '',
    })
  })

  it('reject with the problem that the service tells', async () => {
    const { client } = clientOf(() => problem(403, 'forbidden', { 'request-id': 'r1' }))
    await expect(client.get('k')).rejects.toMatchObject({
      code: 'STRATA_SERVICE_REFUSED',
      status: 403,
      problem: 'forbidden',
      requestId: 'r1',
      message: 'the service refused (403 forbidden): because of forbidden',
    })
  })
})

describe('a service that does not answer', () => {
  it('is asked once more after a broken connection', async () => {
    let asked = 0
    const { client } = clientOf(() => (++asked === 1 ? unreachable() : Response.json(1)))
    expect([await client.get('k'), asked]).toEqual([1, 2])
  })

  it('is named by where it was looked for', async () => {
    const url = new URL('http://cache.example:7450/')
    const { client, seen } = clientOf(unreachable, { url, retry: 3 })
    await expect(client.get('k')).rejects.toMatchObject({
      code: 'STRATA_SERVICE_UNAVAILABLE',
      reason: 'connection',
      message: 'the service: cannot be reached at http://cache.example:7450',
    })
    expect(seen).toHaveLength(4)
  })

  it('is waited for no longer than the timeout', async () => {
    const { client, seen } = clientOf(never, { timeout: 20 })
    await expect(client.get('k')).rejects.toMatchObject({ reason: 'timeout' })
    expect(seen).toHaveLength(1)
  })

  it('is left alone after five failures in a row', async () => {
    const { client, seen } = clientOf(unreachable, { retry: 0 })
    for (let i = 0; i < 5; i++) {
      await expect(client.get('k')).rejects.toMatchObject({ reason: 'connection' })
    }
    await expect(client.get('k')).rejects.toMatchObject({ reason: 'open' })
    expect(seen).toHaveLength(5)
  })

  it.each([
    [503, 'unavailable', 'unavailable', 2],
    [503, 'busy', 'busy', 1],
    [500, 'internal', 'unavailable', 2],
  ])('answering %d %s is %s, asked %d times', async (status, name, reason, times) => {
    const { client, seen } = clientOf(() => problem(status, name))
    await expect(client.get('k')).rejects.toMatchObject({ reason })
    expect(seen).toHaveLength(times)
  })

  it('answering no JSON where it says so is unavailable', async () => {
    const headers = { 'content-type': 'application/json' }
    const { client } = clientOf(() => new Response('{', { headers }))
    await expect(client.get('k')).rejects.toMatchObject({ reason: 'unavailable' })
  })
})

describe('set', () => {
  it('sends value, lifetime and tags', async () => {
    const { client, seen } = clientOf(
      () => new Response(null, { status: 204, headers: { etag: '"n"' } }),
    )
    const options = { ttl: '1500ms', grace: '1h', tags: ['a', 'post:1'] } as const
    expect(await client.set('k', { a: 1, b: undefined }, options)).toEqual({
      result: 'applied',
      etag: '"n"',
    })
    const [request] = seen
    expect([request?.method, request?.path, request?.text]).toEqual([
      'PUT',
      '/v1/shop/k',
      '{"a":1}',
    ])
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'max-age=2, stale-while-revalidate=3600',
      'cache-tag': 'a, post:1',
    })
  })

  it('sends bytes with their type', async () => {
    const { client, seen } = clientOf(done)
    await client.set('k', new TextEncoder().encode('<b>'), { type: 'text/html; charset=utf-8' })
    expect(seen[0]?.text).toBe('<b>')
    expect(seen[0]?.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })

  it.each([
    [undefined, 'the value is undefined'],
    [() => 1, 'the value is a function'],
    [Number.NaN, 'the value is NaN'],
    [{ when: new Date(0) }, "its 'when' is an instance of Date"],
    [{ list: [1n] }, "its '0' is a bigint"],
    [[undefined], "its '0' is undefined"],
    [{ m: new Map() }, "its 'm' is an instance of Map"],
    [{ toJSON: (): number => 1 }, 'the value is an object'],
    [new URL('http://x/'), 'the value is an instance of URL'],
  ])('refuses %o, which would come back as something else', async (value, message) => {
    const { client, seen } = clientOf(done)
    await expect(client.set('k', value)).rejects.toMatchObject({
      code: 'STRATA_INVALID_VALUE',
      message: `${message}, which JSON does not hold`,
    })
    expect(seen).toEqual([])
  })

  it('refuses a cycle', async () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    const { client } = clientOf(done)
    await expect(client.set('k', cycle)).rejects.toMatchObject({ code: 'STRATA_INVALID_VALUE' })
  })

  it.each([
    [{ tags: ['a,b'] }, 'tags'],
    [{ tags: ['a\r\nX: y'] }, 'tags'],
    [{ ttl: 'soon' }, 'ttl'],
    [{ type: 'text/plain' }, 'type'],
    [{ ifMatch: 'x' }, 'ifMatch'],
    [{ ifMatch: '*', ifAbsent: true }, 'ifAbsent'],
    [{ nonsense: 1 }, 'nonsense'],
  ])('refuses %j', async (options, option) => {
    const { client, seen } = clientOf(done)
    await expect(client.set('k', 1, options as never)).rejects.toMatchObject({ option })
    expect(seen).toEqual([])
  })

  it('refuses bytes that say they are JSON', async () => {
    const { client } = clientOf(done)
    const options = { type: 'application/json' }
    await expect(client.set('k', new Uint8Array(1), options)).rejects.toThrow(InvalidOptionError)
  })

  it.each([
    [{ ifMatch: '"a"' }, 'if-match', '"a"'],
    [{ ifAbsent: true }, 'if-none-match', '*'],
  ])('with %j is refused by its condition, and sent once', async (options, field, value) => {
    const { client, seen } = clientOf(() => problem(412, 'precondition-failed'))
    expect(await client.set('k', 1, options)).toMatchObject({ result: 'refused' })
    expect(seen.map((request) => request.headers.get(field))).toEqual([value])

    const { client: other, seen: tried } = clientOf(() => problem(503, 'unavailable'))
    await expect(other.set('k', 1, options)).rejects.toMatchObject({ reason: 'unavailable' })
    expect(tried).toHaveLength(1)
  })

  it('tells that Redis hears of it later', async () => {
    const headers = { 'strata-write': 'queued' }
    const { client } = clientOf(() => new Response(null, { status: 204, headers }))
    expect(await client.set('k', 1)).toMatchObject({ result: 'queued' })
    expect(await client.delete('k')).toBe('queued')
  })
})

describe('many', () => {
  it('getMany asks for each key once, at most 500 at a time', async () => {
    const { client, seen } = clientOf(({ text }) => {
      const { keys } = JSON.parse(text) as { keys: string[] }
      return Response.json({
        entries: keys.map((key) =>
          key === 'k1'
            ? { key, found: false }
            : key === 'k2'
              ? { key, found: true, base64: 'AP8=', type: 'x/y' }
              : { key, found: true, value: key },
        ),
      })
    })
    const keys = Array.from({ length: 501 }, (_, index) => `k${index}`)
    const found = await client.getMany([...keys, 'k0'])
    expect(found.size).toBe(500)
    expect([found.get('k0'), found.has('k1'), found.get('k2')]).toEqual([
      'k0',
      false,
      new Uint8Array([0, 255]),
    ])
    expect(seen.map(({ path }) => path)).toEqual(['/v1/shop/_get', '/v1/shop/_get'])
  })

  it('setMany sends values and bytes and adds up', async () => {
    const errors = [{ key: 'c', problem: 'not-stored', detail: 'no' }]
    const { client, seen } = clientOf(() => Response.json({ stored: 2, queued: true, errors }))
    const result = await client.setMany([
      { key: 'a', value: { x: 1 }, ttl: '1m', tags: ['t'] },
      { key: 'b', value: new Uint8Array([0, 255]), type: 'x/y' },
      { key: 'c', value: null },
    ])
    expect(result).toEqual({ stored: 2, queued: true, errors })
    expect(JSON.parse(seen[0]?.text ?? '')).toEqual({
      entries: [
        { key: 'a', value: { x: 1 }, ttl: 60, tags: ['t'] },
        { key: 'b', base64: 'AP8=', type: 'x/y' },
        { key: 'c', value: null },
      ],
    })
  })

  it('take an answer without its list for none', async () => {
    const { client } = clientOf(() => Response.json({}))
    await expect(client.getMany(['a'])).rejects.toMatchObject({ reason: 'unavailable' })
  })
})

describe('purge', () => {
  it('sends what is to go', async () => {
    const { client, seen } = clientOf(() => Response.json({ result: 'queued' }))
    expect(await client.namespace('eu').purge({ tags: ['a'], soft: true })).toBe('queued')
    expect(seen[0]?.path).toBe('/v1/eu/_purge')
    expect(JSON.parse(seen[0]?.text ?? '')).toEqual({
      tags: ['a'],
      keys: [],
      all: false,
      soft: true,
    })
  })

  it('sends URLs and routes of responses', async () => {
    const { client, seen } = clientOf(() => Response.json({ result: 'applied' }))
    await client.namespace('http').purge({ urls: ['http://a/b'], routes: ['/b/:id'] })
    expect(JSON.parse(seen[0]?.text ?? '')).toMatchObject({
      urls: ['http://a/b'],
      routes: ['/b/:id'],
    })
  })

  it.each([{}, { tags: [] }, { urls: [] }, { tag: ['a'] }, { all: 'yes' }])(
    'refuses %j',
    async (what) => {
      const { client, seen } = clientOf(() => Response.json({ result: 'applied' }))
      await expect(client.purge(what as never)).rejects.toThrow(InvalidOptionError)
      expect(seen).toEqual([])
    },
  )
})
