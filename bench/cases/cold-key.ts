import type { Case, Contestant } from '../case.js'
import { mainPeers, peersWith } from '../peers/all.js'
import { widestTiers, type Peer, type Tiers } from '../peers/peer.js'
import { postKey, postOf } from '../post.js'

const CALLERS = 1_000
const LOAD_MS = 5

function contestant(peer: Peer, tiers: Tiers): Contestant {
  return {
    name: `${peer.name} (${tiers})`,
    start: async ({ port }) => {
      let loads = 0
      const cache = await peer.open({
        tiers,
        port,
        ttl: 3_600_000,
        maxEntries: 10_000,
        load: async (key) => {
          loads++
          await new Promise((resolve) => setTimeout(resolve, LOAD_MS))
          return postOf(key)
        },
        loadMany: async (keys) => keys.map(postOf),
      })
      // Keys of its own: contestants share the Redis of the case.
      let next = 0
      const prefix = postKey(
        contestants.findIndex(({ name }) => name === `${peer.name} (${tiers})`) + 1,
      )
      return {
        round: async () => {
          const key = `${prefix}${String(next++).padStart(6, '0')}`
          loads = 0
          const start = performance.now()
          const values = await Promise.all(Array.from({ length: CALLERS }, () => cache.get(key)))
          const ms = performance.now() - start
          if (values.some((value) => (value as { id: number }).id !== Number(key.slice(5)))) {
            throw new Error('a caller was given another value')
          }
          return { loads, ms }
        },
        stop: async () => void (await cache.close()),
      }
    },
  }
}

const contestants: readonly Contestant[] = [
  ...mainPeers.map((peer) => contestant(peer, widestTiers(peer))),
  ...peersWith('memory')
    .filter((peer) => mainPeers.includes(peer))
    .map((peer) => contestant(peer, 'memory')),
]

export const benchmark: Case = {
  name: 'cold-key',
  title: `${CALLERS.toLocaleString('en-US')} callers at once of a key that is not there`,
  about: `The loader takes ${LOAD_MS} ms. loads: how often it ran; ms: until the last caller has its value. In brackets the tiers.`,
  columns: [
    { key: 'loads', title: 'loads' },
    { key: 'ms', title: 'ms', digits: 1 },
  ],
  contestants,
  rounds: { full: 21, quick: 5, warmups: 3 },
  redis: 'shared',
}
