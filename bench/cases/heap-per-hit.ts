import type { Bar, Case, Contestant } from '../case.js'
import { nanosecondsPer } from '../measure.js'
import { mainPeers, peersWith } from '../peers/all.js'
import { bareLru, bareMap } from '../peers/bare.js'
import type { Peer, PeerCache, Tiers } from '../peers/peer.js'
import { postKeys, postOf } from '../post.js'

const KEYS = postKeys(1_000)
const HITS = 5_000

/**
 * The growth of `heapUsed` over 5,000 awaited hits in which no garbage is collected: the young generation is made far
 * larger (see `nodeFlags`) than what they allocate, and is emptied before each round. What remains of the harness itself is
 * one async function, the same for all.
 */
const contestant = (peer: Peer, tiers: Tiers = 'memory'): Contestant => ({
  name: tiers === 'memory' ? peer.name : `${peer.name} + Redis`,
  start: async ({ port }) => {
    const cache = await peer.open({
      tiers,
      port,
      ttl: 3_600_000,
      maxEntries: 10_000,
      load: async (key) => postOf(key),
      loadMany: async (keys) => keys.map(postOf),
    })
    for (const key of KEYS) await cache.set(key, postOf(key))
    await nanosecondsPer(HITS, 1_000, () => readSome(cache, HITS))
    return {
      round: async () => {
        globalThis.gc?.()
        const before = process.memoryUsage().heapUsed
        await readSome(cache, HITS)
        return { bytes: (process.memoryUsage().heapUsed - before) / HITS }
      },
      stop: async () => void (await cache.close()),
    }
  },
})

async function readSome(cache: PeerCache, count: number): Promise<void> {
  for (let done = 0; done < count; done++) await cache.get(KEYS[done % KEYS.length] as string)
}

export const benchmark: Case = {
  name: 'heap-per-hit',
  title: 'heap allocated by one awaited hit in memory',
  about: 'Bytes of garbage per hit, which the collector pays for later; as l1-hit otherwise.',
  columns: [{ key: 'bytes', title: 'bytes', digits: 1 }],
  contestants: [
    ...[bareMap, bareLru, ...peersWith('memory')].map((peer) => contestant(peer)),
    // where others may invalidate: a hit asks whether memory may be trusted
    ...mainPeers.filter(({ name }) => name === 'strata').map((peer) => contestant(peer, 'both')),
  ],
  bars: ['strata', 'strata + Redis'].map((name): Bar => ({
    contestant: name,
    column: 'bytes',
    against: 'Map of promises',
    difference: true,
    what: 'bytes more than an awaited Map of promises',
    floor: 16,
  })),
  rounds: { full: 9, quick: 3, warmups: 2 },
  redis: 'shared',
  nodeFlags: ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'],
}
