import type { Bar, Case, Contestant } from '../case.js'
import { nanosecondsPer } from '../measure.js'
import { bareLru, bareLruTtl, bareMap } from '../peers/bare.js'
import { mainPeers, peersWith } from '../peers/all.js'
import type { Peer, PeerCache, Tiers } from '../peers/peer.js'
import { postKeys, postOf } from '../post.js'
import { createRandom, shuffled } from '../random.js'

const KEYS = shuffled(postKeys(1_000), createRandom(1))
const TURNS = 10

const contestant = (peer: Peer, tiers: Tiers = 'memory'): Contestant => ({
  name: tiers === 'memory' ? peer.name : `${peer.name} + Redis`,
  start: async ({ quick, port }) => {
    const cache = await peer.open({
      tiers,
      port,
      ttl: 3_600_000,
      maxEntries: 10_000,
      load: async (key) => postOf(key),
      loadMany: async (keys) => keys.map(postOf),
    })
    for (const key of KEYS) await cache.set(key, postOf(key))
    await nanosecondsPer(KEYS.length, quick ? 300 : 1_000, () => readAll(cache))
    return {
      round: async () => {
        const ns = await nanosecondsPer(KEYS.length * TURNS, quick ? 50 : 150, () => readAll(cache))
        return { ns }
      },
      stop: async () => void (await cache.close()),
    }
  },
})

async function readAll(cache: PeerCache): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    for (const key of KEYS) {
      if ((await cache.get(key)) === undefined) throw new Error(`${key} is not there`)
    }
  }
}

export const benchmark: Case = {
  name: 'l1-hit',
  title: 'one awaited hit in memory',
  about:
    '1,000 existing keys in a fixed random order, one caller, each read awaited. ns = processor time.',
  columns: [{ key: 'ns', title: 'ns', against: ['lru-cache', 'lru-cache ttl'], as: 'speed' }],
  contestants: [
    ...[bareLru, bareLruTtl, bareMap, ...peersWith('memory')].map((peer) => contestant(peer)),
    // where others may invalidate: a hit asks whether memory may be trusted
    ...mainPeers.filter(({ name }) => name === 'strata').map((peer) => contestant(peer, 'both')),
  ],
  bars: ['strata', 'strata + Redis'].map((name): Bar => ({
    contestant: name,
    column: 'ns',
    against: 'lru-cache',
    what: 'speed of an awaited lru-cache get',
    floor: 0.6,
    aim: 0.8,
  })),
  rounds: { full: 21, quick: 5, warmups: 2 },
  redis: 'shared',
}
