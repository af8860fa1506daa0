import type { Peer, PeerCache, Setup } from './peer.js'

/**
 * Strata as shipped. The loader is one function that takes the key from its context, as `get` offers; it is not an
 * advantage over a closure made per call where the loader does not run. `maxBytes` is raised so that `maxEntries` decides,
 * as it does for the peers. `patience` is not used: 100 ms is Strata's own default.
 */
function strata(name: string, copy: 'freeze' | 'clone' | 'none'): Peer {
  return {
    name,
    tiers: copy === 'freeze' ? ['memory', 'redis', 'both'] : ['memory', 'both'],
    many: true,
    open: (setup) => open(setup, copy),
  }
}

async function open(setup: Setup, copy: 'freeze' | 'clone' | 'none'): Promise<PeerCache> {
  const { createCache } = await import('../strata.js')
  const { tiers, port, ttl, maxEntries } = setup
  const cache = createCache({
    namespace: 'bench',
    ttl,
    memory: tiers === 'redis' ? false : { maxEntries, maxBytes: '4gb', copy },
    ...(tiers === 'memory' ? {} : { redis: { url: `redis://127.0.0.1:${port}` } }),
    logger: false,
  })
  await cache.ready()
  const load = (context: { readonly key: string }): Promise<unknown> => setup.load(context.key)
  const many = {
    key: (key: string) => key,
    load: (keys: readonly string[]) => setup.loadMany(keys),
  }
  return {
    get: (key) => cache.get(key, load),
    set: (key, value) => cache.set(key, value),
    getMany: (keys) => cache.getMany(keys, many),
    close: () => cache.close(),
  }
}

export const strataPeers: readonly Peer[] = [
  strata('strata', 'freeze'),
  strata('strata copy: clone', 'clone'),
  strata('strata copy: none', 'none'),
]
