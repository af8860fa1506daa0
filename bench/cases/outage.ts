import type { Case, Contestant, Sample } from '../case.js'
import { median } from '../measure.js'
import { mainPeers } from '../peers/all.js'
import { widestTiers, type Peer, type PeerCache } from '../peers/peer.js'
import { postKeys, postOf } from '../post.js'

const CAP = 15_000
const LATER = 9
const LOAD_MS = 5

function contestant(peer: Peer, patience: number | undefined): Contestant {
  return {
    name: patience === undefined ? peer.name : `${peer.name}, client ${patience} ms`,
    start: async ({ port, redisPid }) => {
      const cache = await peer.open({
        tiers: widestTiers(peer),
        port,
        ttl: 3_600_000,
        maxEntries: 10_000,
        load: async (key) => {
          await sleep(LOAD_MS)
          return postOf(key)
        },
        loadMany: async (keys) => keys.map(postOf),
        ...(patience === undefined ? {} : { patience }),
      })
      const keys = postKeys(1_000).values()
      for (let warm = 0; warm < 50; warm++) await cache.get(next(keys))
      return {
        round: async (): Promise<Sample> => {
          process.kill(redisPid, 'SIGSTOP')
          const frozen = await measure(cache, keys)
          process.kill(redisPid, 'SIGCONT')
          await recovered(cache, keys)
          process.kill(redisPid, 'SIGKILL')
          const killed = await measure(cache, keys)
          return {
            frozen: frozen.first,
            frozenLater: frozen.later,
            killed: killed.first,
            killedLater: killed.later,
          }
        },
        stop: async () => void (await cache.close()),
      }
    },
  }
}

interface Answers {
  readonly first: number | string
  /** Median of those after the first: what a breaker, if there is one, makes of it. */
  readonly later: number | string
}

async function measure(cache: PeerCache, keys: Iterator<string>): Promise<Answers> {
  const first = await answerTime(cache, next(keys))
  if (typeof first === 'string') return { first, later: '-' }
  const later: number[] = []
  for (let call = 0; call < LATER; call++) {
    const time = await answerTime(cache, next(keys))
    if (typeof time === 'string') return { first, later: time }
    later.push(time)
  }
  return { first, later: median(later) }
}

/** Milliseconds until the value is there, or what happened instead. */
async function answerTime(cache: PeerCache, key: string): Promise<number | string> {
  const start = performance.now()
  const outcome = await Promise.race([
    Promise.resolve(cache.get(key)).then(
      (value) => (value === undefined ? 'nothing' : 'value'),
      () => 'error',
    ),
    sleep(CAP).then(() => 'cap' as const),
  ])
  const ms = performance.now() - start
  if (outcome === 'cap') return `> ${CAP / 1_000} s`
  return outcome === 'value' ? ms : `${outcome}, ${Math.round(ms)} ms`
}

/** Waits until cold keys are answered quickly again, at most as long as the cap. */
async function recovered(cache: PeerCache, keys: Iterator<string>): Promise<void> {
  const end = performance.now() + CAP
  for (let quick = 0; quick < 3 && performance.now() < end;) {
    await sleep(500)
    const time = await answerTime(cache, next(keys))
    quick = typeof time === 'number' && time < 50 ? quick + 1 : 0
  }
}

function next(keys: Iterator<string>): string {
  const { value, done } = keys.next()
  if (done === true) throw new Error('out of keys')
  return value
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export const benchmark: Case = {
  name: 'outage',
  title: 'a cold key while Redis does not answer',
  about: `The loader takes ${LOAD_MS} ms. Frozen: SIGSTOP, connections stay open; killed: SIGKILL. ms to the value: the first call, and the median of the ${LATER} after it, one by one. "client 100 ms": the peer's Redis client told to give up after that.`,
  columns: [
    { key: 'frozen', title: 'frozen, first', digits: 1 },
    { key: 'frozenLater', title: 'later', digits: 1 },
    { key: 'killed', title: 'killed, first', digits: 1 },
    { key: 'killedLater', title: 'later', digits: 1 },
  ],
  contestants: mainPeers.flatMap((peer) =>
    peer.name === 'strata'
      ? [contestant(peer, undefined)]
      : [contestant(peer, undefined), contestant(peer, 100)],
  ),
  rounds: { full: 1, quick: 1, warmups: 0 },
  redis: 'own',
  sequential: true,
  timeout: 120_000,
}
