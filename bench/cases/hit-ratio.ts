import type { Case, Contestant } from '../case.js'
import { mainPeers } from '../peers/all.js'
import { bareLru } from '../peers/bare.js'
import type { Peer } from '../peers/peer.js'
import { postKey } from '../post.js'
import { createRandom, createZipf } from '../random.js'

const KEYS = 100_000
const CAPACITY = 5_000
const SKEW = 0.9
/** After so many requests comes a scan: a crawler or an export, which reads this many keys once, in order. */
const SCAN_EVERY = 20_000
const SCAN_LENGTH = 4_000

function contestant(peer: Peer): Contestant {
  return {
    name: peer.name,
    start: async ({ quick }) => ({
      round: async () => {
        let loads = 0
        const load = async (key: string): Promise<string> => {
          loads++
          return key
        }
        const cache = await peer.open({
          tiers: 'memory',
          port: 0,
          ttl: 3_600_000,
          maxEntries: CAPACITY,
          load,
          loadMany: (keys) => Promise.all(keys.map(load)),
        })
        const requests = quick ? 100_000 : 500_000
        const start = performance.now()
        for (const key of trace(requests)) {
          const value = await cache.get(key)
          if (value === undefined) await cache.set(key, await load(key))
        }
        const ms = performance.now() - start
        await cache.close()
        return { ratio: (1 - loads / requests) * 100, rate: requests / ms }
      },
      stop: async () => undefined,
    }),
  }
}

/** The same requests in every run and for every contestant. */
function* trace(requests: number): Generator<string> {
  const random = createRandom(42)
  const popular = createZipf(KEYS, SKEW, random)
  let scanned = 0
  for (let request = 0; request < requests; request++) {
    const scanning = request % SCAN_EVERY >= SCAN_EVERY - SCAN_LENGTH
    yield postKey(scanning ? KEYS + scanned++ : popular())
  }
}

export const benchmark: Case = {
  name: 'hit-ratio',
  title: `hits of a Zipf trace (${SKEW}) over ${KEYS.toLocaleString('en-US')} keys with room for ${CAPACITY.toLocaleString('en-US')}`,
  about: `Every ${SCAN_EVERY.toLocaleString('en-US')} requests end in a scan of ${SCAN_LENGTH.toLocaleString('en-US')} keys read once. The trace is the same for all.`,
  columns: [
    { key: 'ratio', title: 'hits %', digits: 2 },
    { key: 'rate', title: 'requests/ms' },
  ],
  contestants: [bareLru, ...mainPeers].map(contestant),
  rounds: { full: 1, quick: 1, warmups: 0 },
  sequential: true,
}
