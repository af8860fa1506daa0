import type { Cache as PeerCache, Events } from 'cache-manager'
import { type KeyvStoreAdapter, Keyv } from 'keyv'
import { Keyv as Keyv6 } from 'keyv6'
import { expectTypeOf, test } from 'vitest'
import {
  type CacheManager,
  type CacheManagerEvents,
  createCacheManager,
} from '../../src/compat/cache-manager.js'
import { createKeyvStore, type KeyvStore } from '../../src/compat/keyv.js'
import type { Cache } from '../../src/index.js'

declare const cache: Cache

test('the store is a store of Keyv', () => {
  expectTypeOf<KeyvStore>().toExtend<KeyvStoreAdapter>()
  const store: KeyvStoreAdapter = createKeyvStore(cache)
  void new Keyv(store)
  void new Keyv(createKeyvStore(cache), { namespace: 'sessions', ttl: 1_000 })
  void new Keyv({ store: createKeyvStore(cache) })
  void new Keyv6({ store: createKeyvStore(cache) })
  // @ts-expect-error over a cache, not over its URL
  void createKeyvStore('redis://127.0.0.1')
})

test('what the store has not is not there', () => {
  expectTypeOf<KeyvStore>().not.toHaveProperty('iterator')
})

test('the facade is a cache of cache-manager', () => {
  expectTypeOf<CacheManager>().toExtend<PeerCache>()
  const manager: PeerCache = createCacheManager(cache, { ttl: 5_000, refreshThreshold: 1_000 })
  manager.on('refresh', ({ key }) => expectTypeOf(key).toEqualTypeOf<string>())
  expectTypeOf<keyof Events>().toExtend<keyof CacheManagerEvents>()
})

test('wrap gives what its function gives, or with raw when that ends', () => {
  const manager = createCacheManager(cache)
  const load = () => Promise.resolve({ id: 7 })
  expectTypeOf(manager.wrap('k', load)).toEqualTypeOf<Promise<{ id: number }>>()
  expectTypeOf(manager.wrap('k', load, ({ id }) => id, 1_000)).toEqualTypeOf<
    Promise<{ id: number }>
  >()
  expectTypeOf(manager.wrap('k', load, { raw: true })).toEqualTypeOf<
    Promise<{ value?: { id: number }; expires?: number | undefined }>
  >()
  const options = { ttl: 1_000, raw: true } as const
  expectTypeOf(manager.wrap('k', load, options)).resolves.toHaveProperty('expires')
  expectTypeOf(manager.mget<string>(['a', 'b'])).toEqualTypeOf<Promise<(string | undefined)[]>>()
  // @ts-expect-error no such option
  void createCacheManager(cache, { stores: [] })
  // @ts-expect-error nor this
  void createCacheManager(cache, { nonBlocking: true })
})
