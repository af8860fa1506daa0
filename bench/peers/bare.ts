import type { Peer, PeerCache } from './peer.js'

/**
 * What the memory tiers are compared with: no single flight, no second tier, no copy; a miss is the caller's business.
 * `lru-cache` with a ttl as it comes, that is with a clock that is asked at most once a millisecond; Strata asks at each read.
 */
export const bareLru: Peer = {
  name: 'lru-cache',
  tiers: ['memory'],
  many: false,
  open: async ({ maxEntries }) => {
    const { LRUCache } = await import('lru-cache')
    return bareStore(new LRUCache<string, object | string>({ max: maxEntries }))
  },
}

export const bareLruTtl: Peer = {
  name: 'lru-cache ttl',
  tiers: ['memory'],
  many: false,
  open: async ({ maxEntries, ttl }) => {
    const { LRUCache } = await import('lru-cache')
    return bareStore(new LRUCache<string, object | string>({ max: maxEntries, ttl }))
  },
}

/** The least a cache of promises can cost: one Map, each value a kept promise. */
export const bareMap: Peer = {
  name: 'Map of promises',
  tiers: ['memory'],
  many: false,
  open: async () => {
    const map = new Map<string, Promise<unknown>>()
    return {
      get: (key) => map.get(key),
      set: async (key, value) => map.set(key, Promise.resolve(value)),
      getMany: async (keys) => keys.map((key) => map.get(key)),
      close: async () => map.clear(),
    }
  },
}

interface Store {
  get(key: string): unknown
  set(key: string, value: object | string): unknown
  clear(): void
}

function bareStore(store: Store): PeerCache {
  return {
    get: (key) => store.get(key),
    set: async (key, value) => store.set(key, value as object | string),
    getMany: async (keys) => keys.map((key) => store.get(key)),
    close: async () => store.clear(),
  }
}
