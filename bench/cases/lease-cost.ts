import type { Redis } from 'ioredis'
import type { Case, Contestant, Sample } from '../case.js'
import { openStrata } from '../open-strata.js'
import { createPost, type Post } from '../post.js'
import { createServerMeter } from '../server-cpu.js'

const CALLERS = 64
const TTL = 60_000

interface Opened {
  /** Looks for a key that is not there, loads and stores. */
  readonly miss: (key: string, id: number) => Promise<unknown>
  close(): unknown
}

function contestant(name: string, open: (port: number) => Promise<Opened>): Contestant {
  return {
    name,
    start: async ({ quick, port }) => {
      const { miss, close } = await open(port)
      const meter = await createServerMeter(port)
      const ms = quick ? 150 : 400
      let next = 0
      const measure = async (): Promise<Sample> => {
        const before = await meter.use()
        const cpu = process.cpuUsage()
        const start = performance.now()
        const first = next
        const caller = async (): Promise<void> => {
          while (performance.now() - start < ms) {
            const id = next++
            await miss(`${name}:${id}`, id)
          }
        }
        await Promise.all(Array.from({ length: CALLERS }, caller))
        const took = performance.now() - start
        const { user, system } = process.cpuUsage(cpu)
        const done = next - first
        const server = ((await meter.use()).cpu - before.cpu) / done
        return { rate: (done / took) * 1_000, cpu: (user + system) / done, server }
      }
      for (let warmup = 0; warmup < 3; warmup++) await measure()
      return {
        round: measure,
        stop: async () => {
          meter.close()
          await close()
        },
      }
    },
  }
}

/** What a careful hand writes: GET, load, SET PX; packed as Strata packs it, with ioredis joining what one turn asks for. */
const plain = contestant('GET, SET', async (port) => {
  const { redis, pack } = await openRaw(port)
  return {
    miss: async (key, id) => {
      if ((await redis.getBuffer(key)) !== null) throw new Error(`${key} is there`)
      const post = await load(id)
      await redis.set(key, pack(post), 'PX', TTL)
      return post
    },
    close: () => redis.disconnect(),
  }
})

/** The least that checks a version before it stores: what was read may have been invalidated since. */
const checked = contestant('GET, EVALSHA', async (port) => {
  const { redis, pack } = await openRaw(port)
  await redis.set('version', 'a', 'PX', TTL * 10)
  const sha = (await redis.script(
    'LOAD',
    `if redis.call('GET', KEYS[2]) ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`,
  )) as string
  return {
    miss: async (key, id) => {
      if ((await redis.getBuffer(key)) !== null) throw new Error(`${key} is there`)
      const post = await load(id)
      const stored = await redis.evalsha(sha, 2, key, 'version', pack(post), TTL, 'a')
      if (stored !== 1) throw new Error(`${key} was not stored`)
      return post
    },
    close: () => redis.disconnect(),
  }
})

async function openRaw(port: number): Promise<{ redis: Redis; pack: (post: Post) => Buffer }> {
  const { Redis } = await import('ioredis')
  const { Packr } = await import('msgpackr')
  const redis: Redis = new Redis({ host: '127.0.0.1', port, enableAutoPipelining: true })
  const packr = new Packr({ moreTypes: true, useBigIntExtension: true })
  return { redis, pack: (post) => packr.pack(post) }
}

function strata(name: string, prepare: () => Promise<void>): Contestant {
  return contestant(name, async (port) => {
    await prepare()
    const cache = await openStrata({
      ttl: TTL,
      memory: false,
      // on a busy machine a reply that is late is not to look like an outage
      redis: { url: `redis://127.0.0.1:${port}`, timeout: 5_000 },
    })
    return {
      miss: async (key, id) => {
        const { value, outcome, revoked } = await cache.read(key, () => load(id))
        if (outcome !== 'miss' || revoked) throw new Error(`${key}: ${outcome}`)
        return value
      },
      close: () => cache.close(),
    }
  })
}

async function load(id: number): Promise<Post> {
  return createPost(id)
}

const LEASELESS = 'strata, no lease'

export const benchmark: Case = {
  name: 'lease-cost',
  title: `a miss: look, load, store, with ${CALLERS} callers at a time, memory tier off`,
  about:
    'Keys that were never asked for, a loader that costs nothing. cpu, server = processor time of this process and of Redis per miss (us). `GET, EVALSHA` checks a version as it stores; `strata, no lease` sends what Strata would send without leases (bench/without-lease.ts).',
  columns: [
    {
      key: 'rate',
      title: 'misses/s',
      against: [LEASELESS, 'GET, SET', 'GET, EVALSHA'],
      as: 'rate',
    },
    { key: 'cpu', title: 'cpu', digits: 1, against: [LEASELESS], as: 'cost' },
    { key: 'server', title: 'server', digits: 1, against: [LEASELESS], as: 'cost' },
  ],
  contestants: [
    plain,
    checked,
    strata(LEASELESS, async () => (await import('../without-lease.js')).leaveOutTheLease()),
    strata('strata', async () => undefined),
  ],
  bars: [
    {
      contestant: 'strata',
      column: 'rate',
      against: LEASELESS,
      what: 'misses/s, of the same without a lease',
      floor: 0.8,
      aim: 0.9,
    },
  ],
  rounds: { full: 15, quick: 5, warmups: 2 },
  redis: 'shared',
}
