import type { Case, Contestant, Sample } from '../case.js'
import { mainPeers } from '../peers/all.js'
import { widestTiers, type Peer, type PeerCache, type Tiers } from '../peers/peer.js'
import { postKeys, postOf } from '../post.js'
import { createRedisCounter, type RedisCounter } from '../redis-counter.js'

const COUNT = 100
const REPEATS = 10
/** Each contestant has a million ids to itself: they share the Redis of the case. */
const RANGE = 1_000_000

function contestant(peer: Peer, place: number): Contestant {
  return {
    name: peer.many ? peer.name : `${peer.name} (get each)`,
    start: async ({ port }) => {
      const counter = await createRedisCounter(port)
      const open = (tiers: Tiers): Promise<PeerCache> =>
        peer.open({
          tiers,
          port,
          ttl: 3_600_000,
          maxEntries: 10_000,
          load: async (key) => postOf(key),
          loadMany: async (keys) => keys.map(postOf),
        })
      const memory = await open('memory')
      const redis = await open('redis')
      const widest = await open(widestTiers(peer))
      const keys = postKeys(COUNT, place * RANGE)
      for (const key of keys) await memory.set(key, postOf(key))
      for (const key of keys) await redis.set(key, postOf(key))
      let next = place * RANGE + COUNT
      const unseen = (): string[] => postKeys(COUNT, (next += COUNT))
      return {
        round: async (): Promise<Sample> => {
          const l1 = await measure(memory, counter, () => keys)
          const l2 = await measure(redis, counter, () => keys)
          const miss = await measure(widest, counter, unseen)
          return {
            l1: l1.us,
            l2: l2.us,
            l2Commands: l2.commands,
            miss: miss.us,
            missCommands: miss.commands,
          }
        },
        stop: async () => {
          counter.close()
          await Promise.all([memory, redis, widest].map((cache) => cache.close()))
        },
      }
    },
  }
}

async function measure(
  cache: PeerCache,
  counter: RedisCounter,
  nextKeys: () => readonly string[],
): Promise<{ us: number; commands: number }> {
  const before = await counter.count()
  let took = 0
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const keys = nextKeys()
    const start = performance.now()
    await cache.getMany(keys)
    took += performance.now() - start
    // Some write to Redis after they have answered; that is not the next call's time.
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return { us: (took * 1_000) / REPEATS, commands: ((await counter.count()) - before) / REPEATS }
}

export const benchmark: Case = {
  name: 'get-many',
  title: `${COUNT} keys in one call`,
  about:
    'All in memory; all in Redis, memory tier off; none anywhere, both tiers where there are two. us = one call, commands = what Redis ran for it (in scripts too).',
  columns: [
    { key: 'l1', title: 'memory: us' },
    { key: 'l2', title: 'Redis: us' },
    { key: 'l2Commands', title: 'commands', digits: 1 },
    { key: 'miss', title: 'missing: us' },
    { key: 'missCommands', title: 'commands', digits: 1 },
  ],
  contestants: mainPeers.map(contestant),
  rounds: { full: 15, quick: 3, warmups: 3 },
  redis: 'shared',
}
