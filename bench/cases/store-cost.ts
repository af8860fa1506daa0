import type { Case, Contestant } from '../case.js'
import { nanosecondsPer } from '../measure.js'
import { peersWith } from '../peers/all.js'
import { bareLru } from '../peers/bare.js'
import type { Peer } from '../peers/peer.js'
import { createPost } from '../post.js'

const POSTS = 100

function contestant(peer: Peer): Contestant {
  return {
    name: peer.name,
    start: async ({ quick }) => {
      const cache = await peer.open({
        tiers: 'memory',
        port: 0,
        ttl: 3_600_000,
        maxEntries: 1_000,
        load: () => Promise.reject(new Error('nothing is read')),
        loadMany: () => Promise.reject(new Error('nothing is read')),
      })
      let next = 0
      // The value is made outside of the measured time, and is new each time: freezing twice costs nothing.
      const store = async (): Promise<number> => {
        const page = Array.from({ length: POSTS }, (_, id) => createPost(id))
        const key = `page:${next++ % 1_000}`
        const start = performance.now()
        await cache.set(key, page)
        return performance.now() - start
      }
      const many = async (count: number): Promise<number> => {
        let took = 0
        for (let done = 0; done < count; done++) took += await store()
        return (took * 1_000) / count
      }
      await nanosecondsPer(1, quick ? 300 : 1_000, store)
      return {
        round: async () => ({ us: await many(quick ? 50 : 200) }),
        stop: async () => void (await cache.close()),
      }
    },
  }
}

export const benchmark: Case = {
  name: 'store-cost',
  title: `storing an array of ${POSTS} posts (about 40 kB as JSON) in memory`,
  about:
    'One awaited set. By reference (lru-cache, `none`, `off`, `false`), frozen, cloned, or as text.',
  columns: [{ key: 'us', title: 'us', digits: 1 }],
  contestants: [bareLru, ...peersWith('memory')].map(contestant),
  rounds: { full: 11, quick: 3, warmups: 1 },
}
