import { describe, expect, it, vi } from 'vitest'
import { createClient, type FailureContext } from '../../../src/client/index.js'
import {
  missing,
  never,
  problem,
  scriptedService,
  type SeenRequest,
} from '../../support/scripted-service.js'

const LEASE = { 'strata-lease': 't1; ttl=5' }
const ASK = 'GET /v1/shop/k?lease=5000ms&wait=2000ms'
const GIVE_UP = 'DELETE /v1/shop/k?lease=t1'

/** A service that gives a lease to whoever asks, and answers the rest by `then`. */
function leasing(then: () => Response = () => new Response(null, { status: 204 })) {
  return ({ method }: SeenRequest) => (method === 'GET' ? missing(LEASE) : then())
}

function clientOf(answer: Parameters<typeof scriptedService>[0], options: object = {}) {
  const { fetch, seen } = scriptedService(answer)
  const errors: [unknown, FailureContext][] = []
  const onError = (error: unknown, context: FailureContext) => void errors.push([error, context])
  const client = createClient({ namespace: 'shop', fetch, onError, ...options })
  return { client, seen, errors, told: () => seen.map((one) => `${one.method} ${one.path}`) }
}

describe('getOrLoad', () => {
  it('brings what is there without loading', async () => {
    const { client, told } = clientOf(() => Response.json('there'))
    const load = vi.fn()
    expect(await client.getOrLoad('k', load)).toBe('there')
    expect(load).not.toHaveBeenCalled()
    expect(told()).toEqual([ASK])
  })

  it('loads with the lease, and stores', async () => {
    const { client, seen, told, errors } = clientOf(leasing())
    const options = { ttl: '1m', tags: ['t'], lease: '10s', wait: 0 } as const
    expect(await client.getOrLoad('k', ({ key }) => ({ of: key }), options)).toEqual({ of: 'k' })
    expect(told()).toEqual(['GET /v1/shop/k?lease=10000ms&wait=0ms', 'PUT /v1/shop/k'])
    expect(seen[1]?.text).toBe('{"of":"k"}')
    expect(Object.fromEntries(seen[1]?.headers ?? [])).toMatchObject({
      'strata-lease': 't1',
      'cache-control': 'max-age=60',
      'cache-tag': 't',
    })
    expect(errors).toEqual([])
  })

  it('returns what an invalidation has overtaken, unstored and without an error', async () => {
    const { client, errors } = clientOf(leasing(() => problem(409, 'lease-revoked')))
    expect(await client.getOrLoad('k', () => 'loaded')).toBe('loaded')
    expect(errors).toEqual([])
  })

  it("gives the lease up when the loader fails, with the loader's own error", async () => {
    const { client, told, errors } = clientOf(leasing())
    const failure = new Error('no database')
    await expect(client.getOrLoad('k', () => Promise.reject(failure))).rejects.toBe(failure)
    await vi.waitFor(() => expect(told()).toEqual([ASK, GIVE_UP]))
    expect(errors).toEqual([])
  })

  it('takes a loader that throws at once for one that fails', async () => {
    const { client, told } = clientOf(leasing())
    const fails = (): string => {
      throw new RangeError('no')
    }
    await expect(client.getOrLoad('k', fails)).rejects.toThrow(RangeError)
    await vi.waitFor(() => expect(told()).toContain(GIVE_UP))
  })

  it.each([[undefined, {}] as const, [7, { ttl: 0 }] as const])(
    'returns %s with %j unstored, and gives the lease up',
    async (value, options) => {
      const { client, told } = clientOf(leasing())
      expect(await client.getOrLoad<unknown>('k', () => value, options)).toBe(value)
      expect(told()).toEqual([ASK, GIVE_UP])
    },
  )

  it('returns what JSON does not hold unstored, reports it, and gives the lease up', async () => {
    const { client, told, errors } = clientOf(leasing())
    const value = { when: new Date(0) }
    expect(await client.getOrLoad('k', () => value)).toBe(value)
    expect(told()).toEqual([ASK, GIVE_UP])
    expect(errors).toMatchObject([
      [{ code: 'STRATA_INVALID_VALUE' }, { operation: 'set', key: 'k', namespace: 'shop' }],
    ])
  })

  it.each([
    ['busy', () => problem(503, 'busy'), { reason: 'busy' }],
    ['unavailable', () => problem(503, 'unavailable'), { reason: 'unavailable' }],
    ['refusing', () => problem(401, 'unauthorized'), { status: 401 }],
    ['another program', () => new Response('hello', { status: 404 }), { status: 404 }],
    [
      'unreachable',
      () => {
        throw new TypeError('fetch failed')
      },
      { reason: 'connection' },
    ],
  ])('with a service that is %s runs the loader, once, and reports', async (_, answer, what) => {
    const { client, told, errors } = clientOf(answer)
    const load = vi.fn(() => 'loaded')
    expect(await client.getOrLoad('k', load)).toBe('loaded')
    expect(load).toHaveBeenCalledTimes(1)
    expect(told()).toEqual([ASK])
    expect(errors).toMatchObject([[what, { operation: 'get' }]])
  })

  it('with a service that never answers runs the loader after the timeout', async () => {
    const { client, errors } = clientOf(never, { timeout: 10 })
    expect(await client.getOrLoad('k', () => 'loaded', { wait: 0 })).toBe('loaded')
    expect(errors).toMatchObject([[{ reason: 'timeout' }, {}]])
  })

  it('returns the value when storing it fails', async () => {
    const { client, errors } = clientOf(leasing(() => problem(507, 'quota-exceeded')))
    expect(await client.getOrLoad('k', () => 'loaded')).toBe('loaded')
    expect(errors).toMatchObject([[{ problem: 'quota-exceeded' }, { operation: 'set' }]])
  })

  it('runs one load for all calls of a key, and one for each namespace', async () => {
    const { client, told } = clientOf(leasing())
    const load = vi.fn(async () => 'loaded')
    const calls = Array.from({ length: 50 }, () => client.getOrLoad('k', load))
    const other = client.namespace('eu').getOrLoad('k', load)
    expect(new Set(await Promise.all([...calls, other]))).toEqual(new Set(['loaded']))
    expect(load).toHaveBeenCalledTimes(2)
    expect(told().filter((line) => line.startsWith('PUT'))).toHaveLength(2)
    await client.getOrLoad('k', load)
    expect(load).toHaveBeenCalledTimes(3)
  })

  it.each([
    [{ lease: 50 }, 'lease'],
    [{ wait: '31s' }, 'wait'],
    [{ ttl: -1 }, 'ttl'],
    [{ tags: 'a' }, 'tags'],
    [{ hardTimeout: 0 }, 'hardTimeout'],
    [{ nonsense: 1 }, 'nonsense'],
  ])('refuses %j before anything is asked', async (options, option) => {
    const { client, seen } = clientOf(leasing())
    await expect(client.getOrLoad('k', () => 1, options as never)).rejects.toMatchObject({ option })
    expect(seen).toEqual([])
  })
})

describe('a call that ends early', () => {
  it('leaves the load to those who still wait', async () => {
    const { client } = clientOf(leasing())
    const signals: AbortSignal[] = []
    let finish: (value: string) => void = () => expect.unreachable()
    const load = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise<string>((resolve) => (finish = resolve))
    }
    const leaving = new AbortController()
    const one = client.getOrLoad('k', load, { signal: leaving.signal })
    const other = client.getOrLoad('k', load, { signal: new AbortController().signal })
    await vi.waitFor(() => expect(signals).toHaveLength(1))
    leaving.abort(new Error('gone'))
    await expect(one).rejects.toThrow('gone')
    expect(signals[0]?.aborted).toBe(false)
    finish('loaded')
    expect(await other).toBe('loaded')
  })

  it('aborts the load when nobody waits, gives the lease up, and the next call loads anew', async () => {
    const { client, told } = clientOf(leasing())
    const load = vi.fn(
      ({ signal }: { signal: AbortSignal }) =>
        new Promise<string>((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
        }),
    )
    const leaving = new AbortController()
    const call = client.getOrLoad('k', load, { signal: leaving.signal })
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1))
    leaving.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
    expect(await client.getOrLoad('k', () => 'anew')).toBe('anew')
    await vi.waitFor(() => expect(told()).toContain(GIVE_UP))
  })

  it('with a signal that has aborted asks nothing', async () => {
    const { client, seen } = clientOf(leasing())
    const call = client.getOrLoad('k', () => 1, { signal: AbortSignal.abort(new Error('gone')) })
    await expect(call).rejects.toThrow('gone')
    expect(seen).toEqual([])
  })

  it('at hardTimeout rejects, and the load is told', async () => {
    const { client, told } = clientOf(leasing())
    let reason: unknown
    const load = ({ signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      return new Promise<never>(() => {})
    }
    await expect(client.getOrLoad('k', load, { hardTimeout: 10 })).rejects.toMatchObject({
      code: 'STRATA_LOAD_TIMEOUT',
    })
    expect(reason).toMatchObject({ code: 'STRATA_LOAD_TIMEOUT' })
    await vi.waitFor(() => expect(told()).toEqual([ASK, GIVE_UP]))
  })
})

describe('without onError', () => {
  it('each kind of failure is said once', async () => {
    const warned: Error[] = []
    const listen = (warning: Error) => void warned.push(warning)
    process.on('warning', listen)
    const { fetch } = scriptedService(() => problem(401, 'unauthorized'))
    const client = createClient({ namespace: 'shop', fetch, token: 'hidden' })
    for (const key of ['a', 'b']) await client.getOrLoad(key, () => 1)
    await vi.waitFor(() => expect(warned).not.toEqual([]))
    process.off('warning', listen)
    expect(warned).toMatchObject([{ name: 'StrataWarning', code: 'STRATA_SERVICE_REFUSED' }])
    expect(warned[0]?.message).not.toContain('hidden')
  })
})
