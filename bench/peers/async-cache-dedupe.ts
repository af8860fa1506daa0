import type { Peer, PeerCache, Setup } from './peer.js'
import { connectRedis } from './redis-client.js'

/**
 * `createCache({ storage }).define(name, load)` as documented. One storage at a time (memory, or Redis with JSON values), so
 * it has no row with both tiers. Its memory keeps the value by reference. Its ttl is in whole seconds. It has no way to get
 * many.
 */
async function open(setup: Setup): Promise<PeerCache> {
  const { createCache } = await import('async-cache-dedupe')
  const seconds = Math.max(1, Math.round(setup.ttl / 1_000))
  const redis = setup.tiers === 'memory' ? undefined : await connectRedis(setup)
  const cache = createCache({
    ttl: seconds,
    storage:
      redis === undefined
        ? { type: 'memory', options: { size: setup.maxEntries } }
        : { type: 'redis', options: { client: redis } },
  }).define('value', (key: string) => setup.load(key))
  return {
    get: (key) => cache.value(key),
    // Its `set` takes the name of the storage, its function puts `value~` before the key.
    set: (key, value) => cache.set('value', `value~${key}`, value, seconds),
    getMany: (keys) => Promise.all(keys.map((key) => cache.value(key))),
    close: async () => redis?.disconnect(),
  }
}

export const asyncCacheDedupePeers: readonly Peer[] = [
  { name: 'async-cache-dedupe', tiers: ['memory', 'redis'], many: false, open },
]
