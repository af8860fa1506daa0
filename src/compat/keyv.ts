import type { Cache } from '../cache/cache.js'
import { assertCache } from './assert-cache.js'
import { KeyvStore } from './keyv-store.js'

export type { KeyvStore, KeyvStoreEntry } from './keyv-store.js'

/**
 * A store for Keyv over a cache: `new Keyv({ store: createKeyvStore(cache) })`. What is set without a ttl has that of the cache.
 * Everything is kept in child namespaces, `<cache>.<namespace of Keyv>`. Throws `InvalidOptionError`.
 */
export function createKeyvStore(cache: Cache): KeyvStore {
  assertCache(cache)
  return new KeyvStore(cache)
}
