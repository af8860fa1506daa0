import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CacheManager, createCacheManager } from '../../../src/compat/cache-manager.js'
import { createCache } from '../../../src/create-cache.js'
import { type Cache, InvalidOptionError } from '../../../src/index.js'

const MINUTE = 60_000

let cache: Cache

beforeEach(() => {
  cache = createCache({ namespace: 'shop', ttl: '10m', jitter: 0 })
})
afterEach(() => cache.close())

function minutesTo(instant: number | undefined): number {
  return Math.round(((instant ?? 0) - Date.now()) / MINUTE)
}

describe('options', () => {
  test.each([
    [{ ttl: -1 }, /ttl/],
    [{ ttl: Number.NaN }, /ttl/],
    [{ ttl: '5x' }, /ttl/],
    [{ refreshThreshold: -1 }, /refreshThreshold/],
    [{ refreshThreshold: 'soon' }, /refreshThreshold/],
    [{ cacheId: 7 }, /cacheId/],
    [{ stores: [] }, /stores.*known: ttl, refreshThreshold, cacheId/],
    [{ nonBlocking: true }, /nonBlocking/],
    [null, /options/],
  ])('%o is refused', (options, message) => {
    expect(() => createCacheManager(cache, options as never)).toThrow(InvalidOptionError)
    expect(() => createCacheManager(cache, options as never)).toThrow(message)
  })

  test('what is no cache is refused', () => {
    const keyvs = { stores: [] } as never
    expect(() => createCacheManager(keyvs)).toThrow(/a cache made by createCache/)
  })

  test('ttl is that of what is stored without one', async () => {
    const manager = createCacheManager(cache, { ttl: '5m' })
    await manager.set('set', 1)
    await manager.set('own', 1, MINUTE)
    expect(await manager.mset([{ key: 'mset', value: 1 }])).toEqual([
      { key: 'mset', value: 1, ttl: 5 * MINUTE },
    ])
    await manager.wrap('wrap', () => 1)
    await manager.wrap('wrap own', () => 1, { ttl: MINUTE })
    const keys = ['set', 'own', 'mset', 'wrap', 'wrap own']
    const left = await Promise.all(keys.map(async (key) => minutesTo(await manager.ttl(key))))
    expect(left).toEqual([5, 1, 5, 5, 1])
  })

  test('without one, what is stored has the ttl of the cache', async () => {
    const manager = createCacheManager(cache)
    await manager.set('set', 1)
    await manager.wrap('wrap', () => 1)
    expect(minutesTo(await manager.ttl('set'))).toBe(10)
    expect(minutesTo(await manager.ttl('wrap'))).toBe(10)
  })

  test('over a year is a year', async () => {
    const manager = createCacheManager(cache, { ttl: Infinity })
    await manager.set('k', 1)
    expect(minutesTo(await manager.ttl('k'))).toBe(365 * 1_440)
  })

  test('cacheId is what was said, or another for each', () => {
    expect(createCacheManager(cache, { cacheId: 'mine' }).cacheId()).toBe('mine')
    expect(createCacheManager(cache).cacheId()).not.toBe(createCacheManager(cache).cacheId())
  })
})

describe('wrap', () => {
  test('refuses options that it does not know', async () => {
    const manager = createCacheManager(cache)
    const wrap = (options: object) => manager.wrap('k', () => 1, options)
    await expect(wrap({ tags: ['a'] })).rejects.toThrow(/tags/)
    await expect(wrap({ raw: 1 })).rejects.toThrow(/raw/)
    await expect(wrap({ refreshThreshold: 'soon' })).rejects.toThrow(/refreshThreshold/)
    await expect(wrap({ ttl: 'soon' })).rejects.toThrow(/ttl/)
  })

  test('brings a value up to date once for all who ask, with the refreshThreshold of the facade', async () => {
    const manager = createCacheManager(cache, { ttl: '5m', refreshThreshold: () => 10 * MINUTE })
    let runs = 0
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const load = async () => {
      if (++runs > 1) await gate
      return runs
    }
    await manager.wrap('k', load)
    const refreshed = new Promise((resolve) => manager.on('refresh', resolve))
    const values = await Promise.all(Array.from({ length: 10 }, () => manager.wrap('k', load)))
    expect(new Set(values)).toEqual(new Set([1]))
    release()
    expect(await refreshed).toEqual({ key: 'k', value: 2 })
    expect([await manager.get('k'), runs]).toEqual([2, 2])
  })

  test.each<[string, (manager: CacheManager) => Promise<unknown>, unknown]>([
    ['del', (manager) => manager.del('k'), undefined],
    ['mdel', (manager) => manager.mdel(['k']), undefined],
    ['clear', (manager) => manager.clear(), undefined],
    ['set', (manager) => manager.set('k', 'set'), 'set'],
    ['set of undefined', (manager) => manager.set('k', undefined), undefined],
    ['set with a ttl below 0', (manager) => manager.set('k', 'ended', -1), undefined],
    ['mset', (manager) => manager.mset([{ key: 'k', value: 'set' }]), 'set'],
  ])('does not undo a %s that comes while it brings a value up to date', async (_, end, kept) => {
    const manager = createCacheManager(cache, { refreshThreshold: '1h' })
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const load = vi.fn(() => gate.then(() => 'read before'))
    await manager.set('k', 'old')
    const refreshed = new Promise((resolve) => manager.on('refresh', resolve))
    expect(await manager.wrap('k', load)).toBe('old')
    await vi.waitFor(() => expect(load).toHaveBeenCalled())
    await end(manager)
    release()
    await refreshed
    expect(await manager.get('k')).toBe(kept)
  })

  test('shares its loads with the cache below, and serves what is stale within grace', async () => {
    const manager = createCacheManager(cache.namespace('graced', { grace: '1h' }))
    await manager.wrap('k', () => 'old')
    await cache.namespace('graced').expire('k')
    expect(await manager.get('k')).toBeUndefined()
    const failing = () => Promise.reject(new Error('no database'))
    expect(await manager.wrap<string>('k', failing)).toBe('old')
  })

  test('with a ttl below 0 keeps nothing, in a cache with grace either', async () => {
    const manager = createCacheManager(cache.namespace('graced', { grace: '1h' }))
    let runs = 0
    const load = () => ++runs
    expect([await manager.wrap('k', load, -1), await manager.wrap('k', load, -1)]).toEqual([1, 2])
    await manager.set('k', 7)
    await manager.set('k', 8, -1)
    expect(await manager.wrap('k', load, -1)).toBe(3)
  })
})

describe('events', () => {
  test('a failure is told, and rejects', async () => {
    const manager = createCacheManager(cache)
    const told: unknown[] = []
    for (const event of ['get', 'mget', 'set', 'mset', 'del', 'mdel', 'ttl', 'clear']) {
      manager.on(event as 'get', (data) => told.push([event, data]))
    }
    const error = expect.objectContaining({ code: 'STRATA_INVALID_KEY' }) as unknown
    await expect(manager.get('')).rejects.toMatchObject({ code: 'STRATA_INVALID_KEY' })
    await expect(manager.mget(['a', ''])).rejects.toThrow()
    await expect(manager.set('', 1)).rejects.toThrow()
    await expect(manager.mset([{ key: '', value: 1 }])).rejects.toThrow()
    await expect(manager.del('')).rejects.toThrow()
    await expect(manager.mdel([''])).rejects.toThrow()
    await expect(manager.ttl('')).rejects.toThrow()
    await cache.close()
    await expect(manager.clear()).rejects.toMatchObject({ code: 'STRATA_CLOSED' })
    expect(told).toEqual([
      ['get', { key: '', error }],
      ['mget', { keys: ['a', ''], error }],
      ['set', { key: '', value: 1, error }],
      ['mset', { list: [{ key: '', value: 1 }], error }],
      ['del', { key: '', error }],
      ['mdel', { keys: [''], error }],
      ['ttl', { key: '', error }],
      ['clear', expect.objectContaining({ code: 'STRATA_CLOSED' })],
    ])
  })

  test('a listener that throws is warned of, and no failure of the call', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const manager = createCacheManager(cache, { refreshThreshold: Infinity })
    for (const event of ['set', 'refresh'] as const) {
      manager.on(event, () => {
        throw new Error(`of ${event}`)
      })
    }
    expect(await manager.set('k', 1)).toBe(1)
    expect(await manager.wrap('k', () => 2)).toBe(1)
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(2))
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      "a listener of 'set' threw: Error: of set",
      "a listener of 'refresh' threw: Error: of refresh",
    ])
    warn.mockRestore()
  })
})

test('ten thousand keys at once', async () => {
  const manager = createCacheManager(cache)
  const keys = Array.from({ length: 10_000 }, (_, n) => `k${n}`)
  await manager.mset(keys.map((key) => ({ key, value: key })))
  expect(await manager.mget(keys)).toEqual(keys)
  await manager.mdel(keys)
  expect(new Set(await manager.mget(keys))).toEqual(new Set([undefined]))
})
