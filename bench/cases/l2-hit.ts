import type { Redis } from 'ioredis'
import type { Case, Contestant, Sample } from '../case.js'
import { mainPeers } from '../peers/all.js'
import type { Peer } from '../peers/peer.js'
import { postKeys, postOf } from '../post.js'

const KEYS = postKeys(1_000)
const TTL = 3_600_000

type Read = (key: string) => unknown

interface Opened {
  readonly read: Read
  /** How often the loader ran so far: Redis has every key, so each time is a reply that came too late. */
  readonly loads: () => number
  close(): unknown
}

function contestant(name: string, open: (port: number) => Promise<Opened>): Contestant {
  return {
    name,
    start: async ({ quick, port }) => {
      const { read, loads, close } = await open(port)
      const ms = quick ? 100 : 300
      await measure(read, 256, ms * 3)
      await measure(read, 1, ms)
      return {
        round: async (): Promise<Sample> => {
          const before = loads()
          const one = await measure(read, 1, ms)
          const many = await measure(read, 256, ms)
          return {
            us1: one.us,
            cpu1: one.cpu,
            rate256: many.rate,
            cpu256: many.cpu,
            loads: loads() - before,
          }
        },
        stop: async () => void (await close()),
      }
    },
  }
}

/** `inFlight` callers, each asking for the next key as soon as it has its answer; no key is asked for twice at a time. */
async function measure(
  read: Read,
  inFlight: number,
  ms: number,
): Promise<{ rate: number; us: number; cpu: number }> {
  let done = 0
  let next = 0
  const cpu = process.cpuUsage()
  const start = performance.now()
  const end = start + ms
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const key = KEYS[next++ % KEYS.length] as string
      if ((await read(key)) === undefined) throw new Error(`${key} is not there`)
      done++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  const took = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  return { rate: (done / took) * 1_000, us: (took * 1_000) / done, cpu: (user + system) / done }
}

/** What a careful hand writes: GET and unpack, nothing kept, nothing joined, no deadline. */
function raw(name: string, enableAutoPipelining: boolean): Contestant {
  return contestant(name, async (port) => {
    const { Redis } = await import('ioredis')
    const { Packr } = await import('msgpackr')
    const redis: Redis = new Redis({ host: '127.0.0.1', port, enableAutoPipelining })
    const packr = new Packr({ moreTypes: true, useBigIntExtension: true })
    for (const key of KEYS) await redis.set(`raw:${key}`, packr.pack(postOf(key)), 'PX', TTL)
    return {
      read: async (key) => {
        const bytes = await redis.getBuffer(`raw:${key}`)
        return bytes === null ? undefined : packr.unpack(bytes)
      },
      loads: () => 0,
      close: () => redis.disconnect(),
    }
  })
}

function peer({ name, open }: Peer): Contestant {
  return contestant(name, async (port) => {
    let loads = 0
    const cache = await open({
      tiers: 'redis',
      port,
      ttl: TTL,
      maxEntries: 10_000,
      load: async (key) => {
        loads++
        return postOf(key)
      },
      loadMany: async (keys) => keys.map(postOf),
    })
    for (const key of KEYS) await cache.set(key, postOf(key))
    return { read: cache.get, loads: () => loads, close: cache.close }
  })
}

export const benchmark: Case = {
  name: 'l2-hit',
  title: 'one hit in Redis, memory tier off',
  about:
    'The same post under 1,000 keys; one caller, then 256 at a time. us = wall time per hit, cpu = processor time of this process per hit (us), loads = replies that came too late for the library.',
  columns: [
    { key: 'us1', title: '1: us', digits: 1, against: ['ioredis GET'], as: 'speed' },
    { key: 'cpu1', title: '1: cpu', digits: 1 },
    {
      key: 'rate256',
      title: '256: hits/s',
      against: ['ioredis GET', 'auto-pipelined GET'],
      as: 'rate',
    },
    {
      key: 'cpu256',
      title: '256: cpu',
      digits: 1,
      against: ['auto-pipelined GET'],
      as: 'cost',
    },
    { key: 'loads', title: 'loads' },
  ],
  contestants: [raw('ioredis GET', false), raw('auto-pipelined GET', true), ...mainPeers.map(peer)],
  bars: [
    {
      contestant: 'strata',
      column: 'rate256',
      against: 'auto-pipelined GET',
      what: 'hits/s with 256 in flight, of auto-pipelined GET + unpack',
      floor: 0.9,
      aim: 1.3,
    },
  ],
  rounds: { full: 11, quick: 3, warmups: 1 },
  redis: 'shared',
}
