import type { Cache, SetEntry } from '../cache/cache.js'
import { assertCache } from './assert-cache.js'
import { type Facade, facadeOf, failing, tell } from './facade.js'
import { lifetimeOf } from './lifetime.js'
import type { CacheManager, CacheManagerOptions, ManagedEntry, Wrap } from './manager.js'
import { parseManager } from './manager-settings.js'
import { wrap, wrapCallOf } from './wrap.js'

export type {
  CacheManager,
  CacheManagerEvents,
  CacheManagerOptions,
  ManagedEntry,
  RawValue,
  RefreshThreshold,
  Wrap,
  WrapOptions,
} from './manager.js'

/**
 * A cache with the API of cache-manager 7: `createCacheManager(cache)` in the place of its `createCache()`. Throws
 * `InvalidOptionError`. Its calls reject with the errors of the cache (`InvalidKeyError`, `CodecError`, `ClosedError`).
 */
export function createCacheManager(cache: Cache, options: CacheManagerOptions = {}): CacheManager {
  assertCache(cache)
  const facade = facadeOf(cache, parseManager(options))
  const { events, settings } = facade
  return {
    get: (key) => get(facade, key),
    mget: (keys) => mget(facade, keys),
    ttl: (key) => ttl(facade, key),
    set: (key, value, ttl) => set(facade, { key, value, ttl }),
    mset: (list) => mset(facade, list),
    del: (key) => del(facade, key),
    mdel: (keys) => mdel(facade, keys),
    clear: () => clear(facade),
    wrap: (async (key: string, load: () => unknown, ttlOrOptions?: unknown, threshold?: unknown) =>
      await wrap(facade, wrapCallOf(key, load, ttlOrOptions, threshold))) as Wrap,
    on: (event, listener) => events.on(event, listener as Listener),
    off: (event, listener) => events.off(event, listener as Listener),
    disconnect: async () => {
      await cache.close()
      return undefined
    },
    cacheId: () => settings.cacheId,
    stores: [],
  }
}

type Listener = (...data: unknown[]) => void

async function get<T>(facade: Facade, key: string): Promise<T | undefined> {
  const value = await failing(facade.cache.get<T>(key), (error) =>
    tell(facade, 'get', { key, error }),
  )
  if (value !== undefined) tell(facade, 'get', { key, value })
  return value
}

async function mget<T>(facade: Facade, keys: string[]): Promise<(T | undefined)[]> {
  const found = await failing(
    facade.cache.getMany<string, T>(keys, { key: (key) => key }),
    (error) => tell(facade, 'mget', { keys, error }),
  )
  const values = keys.map((key) => found.get(key))
  tell(facade, 'mget', { keys, value: values, values })
  return values
}

async function ttl(facade: Facade, key: string): Promise<number | undefined> {
  const { outcome, freshUntil } = await failing(facade.cache.read(key), (error) =>
    tell(facade, 'ttl', { key, error }),
  )
  if (outcome !== 'hit' || freshUntil === undefined) return undefined
  tell(facade, 'ttl', { key, value: freshUntil })
  return freshUntil
}

interface Said<T> {
  readonly key: string
  readonly value: T
  readonly ttl?: number | undefined
}

async function set<T>(facade: Facade, { key, value, ttl }: Said<T>): Promise<T> {
  await failing(store(facade, [{ key, value, ttl }]), (error) =>
    tell(facade, 'set', { key, value, error }),
  )
  tell(facade, 'set', { key, value })
  return value
}

async function mset<T>(facade: Facade, said: ManagedEntry<T>[]): Promise<ManagedEntry<T>[]> {
  const list = said.map((entry) => withTtl(entry, facade.settings.ttl))
  await failing(store(facade, list), (error) => tell(facade, 'mset', { list, error }))
  tell(facade, 'mset', { list })
  return list
}

function withTtl<T>({ key, value, ttl }: ManagedEntry<T>, other: number | undefined) {
  const own = ttl ?? other
  return own === undefined ? { key, value } : { key, value, ttl: own }
}

/** `undefined` is nothing to keep: what was there goes. */
async function store(facade: Facade, list: readonly Said<unknown>[]): Promise<void> {
  const { cache, settings } = facade
  const gone = list.filter(({ value }) => value === undefined).map(({ key }) => key)
  const kept = list.filter(({ value }) => value !== undefined)
  await cache.deleteMany(gone)
  await cache.setMany(kept.map(({ key, value, ttl }) => entryOf(key, value, ttl ?? settings.ttl)))
}

function entryOf(key: string, value: unknown, said: number | undefined): SetEntry {
  const ttl = lifetimeOf(said)
  return ttl === 0 ? { key, value, ttl, grace: 0 } : { key, value, ttl }
}

async function del(facade: Facade, key: string): Promise<boolean> {
  await failing(facade.cache.delete(key), (error) => tell(facade, 'del', { key, error }))
  tell(facade, 'del', { key })
  return true
}

async function mdel(facade: Facade, keys: string[]): Promise<boolean> {
  await failing(facade.cache.deleteMany(keys), (error) => tell(facade, 'mdel', { keys, error }))
  tell(facade, 'mdel', { keys })
  return true
}

async function clear(facade: Facade): Promise<boolean> {
  await failing(facade.cache.clear(), (error) => tell(facade, 'clear', error))
  tell(facade, 'clear')
  return true
}
