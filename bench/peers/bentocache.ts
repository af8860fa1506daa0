import type { Peer, PeerCache, Setup } from './peer.js'
import { connectRedis } from './redis-client.js'

/**
 * As its documentation sets it up: `bentostore().useL1Layer(memoryDriver()).useL2Layer(redisDriver())`, values as JSON in
 * Redis. L1 keeps JSON text by default (`serialize: true`); the second peer switches that off, so that it keeps the value by
 * reference as Strata does. No bus, which only saves it work: one process is measured. It has no way to get many.
 */
function bentocache(name: string, serialize: boolean): Peer {
  return {
    name,
    tiers: serialize ? ['memory', 'redis', 'both'] : ['memory', 'both'],
    many: false,
    open: (setup) => open(setup, serialize),
  }
}

async function open(setup: Setup, serialize: boolean): Promise<PeerCache> {
  const { BentoCache, bentostore } = await import('bentocache')
  const { memoryDriver } = await import('bentocache/drivers/memory')
  const { redisDriver } = await import('bentocache/drivers/redis')
  const { tiers, maxEntries, ttl, load } = setup
  let store = bentostore()
  if (tiers !== 'redis') store = store.useL1Layer(memoryDriver({ maxItems: maxEntries, serialize }))
  if (tiers !== 'memory')
    store = store.useL2Layer(redisDriver({ connection: await connectRedis(setup) }))
  const cache = new BentoCache({ default: 'main', stores: { main: store }, ttl })
  const get = (key: string): Promise<unknown> => cache.getOrSet({ key, factory: () => load(key) })
  return {
    get,
    set: (key, value) => cache.set({ key, value }),
    getMany: (keys) => Promise.all(keys.map(get)),
    close: () => cache.disconnectAll(),
  }
}

export const bentocachePeers: readonly Peer[] = [
  bentocache('bentocache', true),
  bentocache('bentocache serialize: false', false),
]
