import type { Case, Contestant, Sample } from '../case.js'
import { quantile } from '../measure.js'
import type {
  SubscriberAnswer,
  SubscriberQuestion,
  SubscriberSetup,
} from '../members/subscriber.js'
import { monotonic } from '../monotonic.js'
import { openStrata } from '../open-strata.js'
import { postKeys, postOf } from '../post.js'
import { createServerMeter, type ServerMeter } from '../server-cpu.js'
import type { Cache } from '../strata.js'
import { redisAt } from '../redis-at.js'
import { startCluster } from '../redis-cluster.js'
import { startTeam } from '../team.js'

/** Milliseconds from one delete to the next: two cores have to wake up to 32 processes for each. */
const PACE = 10

const contestant = (subscribers: number, inCluster = false): Contestant => ({
  name: `${subscribers} process${subscribers === 1 ? '' : 'es'}${inCluster ? ', Cluster' : ''}`,
  start: async ({ port, quick }) => {
    const cluster = inCluster ? await startCluster() : undefined
    const ports = cluster?.ports ?? [port]
    const cache = await openStrata({ redis: redisAt(ports) })
    const team = await startTeam<SubscriberSetup, SubscriberQuestion, SubscriberAnswer>(
      'subscriber',
      Array.from({ length: subscribers }, () => ({ ports })),
    )
    const meters = await Promise.all(ports.map(createServerMeter))
    const count = quick ? 100 : 300
    let next = 0
    return {
      round: async () => {
        const keys = postKeys(count, (next += count))
        for (const key of keys) await store(cache, key)
        await team.ask({ fetch: keys })
        const idle = await cpuDuring(meters, () => sleep(1_000))
        const start = performance.now()
        let deletes: readonly Delete[] = []
        const cpu = await cpuDuring(meters, async () => {
          deletes = await deleteAll(cache, keys)
        })
        const server = (cpu - (idle * (performance.now() - start)) / 1_000) / count
        await sleep(200)
        return { ...sampleOf(deletes, await team.ask({ dropsOf: keys })), server }
      },
      stop: async () => {
        for (const meter of meters) meter.close()
        team.stop()
        await cache.close()
        cluster?.stop()
      },
    }
  },
})

/** Microseconds of all servers. */
async function cpuDuring(
  meters: readonly ServerMeter[],
  run: () => Promise<void>,
): Promise<number> {
  const before = await cpuOf(meters)
  await run()
  return (await cpuOf(meters)) - before
}

async function cpuOf(meters: readonly ServerMeter[]): Promise<number> {
  const uses = await Promise.all(meters.map(async (meter) => await meter.use()))
  return uses.reduce((sum, { cpu }) => sum + cpu, 0)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function store(cache: Cache, key: string): Promise<void> {
  if ((await cache.set(key, postOf(key))) !== 'applied') throw new Error(`${key} was not stored`)
}

interface Delete {
  readonly askedAt: number
  readonly acknowledgedAt: number
}

async function deleteAll(cache: Cache, keys: readonly string[]): Promise<readonly Delete[]> {
  const deletes: Delete[] = []
  const start = performance.now()
  for (const [index, key] of keys.entries()) {
    await sleep(Math.max(1, start + index * PACE - performance.now()))
    const askedAt = monotonic()
    if ((await cache.delete(key)) !== 'applied') throw new Error(`${key} was not deleted`)
    deletes.push({ askedAt, acknowledgedAt: monotonic() })
  }
  return deletes
}

/** Over all processes and deletes. One that comes before the reply counts as it is, below zero. */
function sampleOf(deletes: readonly Delete[], drops: readonly SubscriberAnswer[]): Sample {
  const after: number[] = []
  const whole: number[] = []
  let missing = 0
  for (const [index, { askedAt, acknowledgedAt }] of deletes.entries()) {
    for (const process of drops) {
      const at = process[index] ?? null
      if (at === null) missing++
      else {
        after.push(at - acknowledgedAt)
        whole.push(at - askedAt)
      }
    }
  }
  return {
    after50: quantile(after, 0.5),
    after99: quantile(after, 0.99),
    afterMost: Math.max(...after),
    whole50: quantile(whole, 0.5),
    whole99: quantile(whole, 0.99),
    missing,
  }
}

export const benchmark: Case = {
  name: 'propagation',
  title: 'from a delete in one process to the drop from the memory of others',
  about: `A delete every ${PACE} ms; ms from its acknowledgement (below zero: before it) and from its call. missing = not dropped after 200 ms; server = processor time of Redis per delete (us), without what it uses while nothing is deleted (heartbeats).`,
  columns: [
    { key: 'after50', title: 'ack: p50', digits: 2 },
    { key: 'after99', title: 'p99', digits: 2 },
    { key: 'afterMost', title: 'most', digits: 1 },
    { key: 'whole50', title: 'call: p50', digits: 2 },
    { key: 'whole99', title: 'p99', digits: 2 },
    { key: 'missing', title: 'missing' },
    { key: 'server', title: 'server', digits: 1 },
  ],
  contestants: [
    ...[1, 8, 32].map((subscribers) => contestant(subscribers)),
    ...[1, 8, 32].map((subscribers) => contestant(subscribers, true)),
  ],
  rounds: { full: 5, quick: 1, warmups: 1 },
  redis: 'own',
  sequential: true,
}
