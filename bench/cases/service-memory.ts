import { Redis } from 'ioredis'
import type { Case, Contestant, Sample } from '../case.js'
import { residentBytes } from '../http/processes.js'
import { startService } from '../http/service-program.js'
import { startRedis } from '../redis-server.js'

/** Puts values under the keys `first` to `first + count`. */
type Put = (first: number, count: number) => Promise<void>

const BATCH = 500

function contestant(
  name: string,
  open: (entries: number) => Promise<{ pid: number; put: Put; stop: () => void }>,
): Contestant {
  return {
    name,
    start: async ({ quick }) => {
      const entries = quick ? 100_000 : 1_000_000
      const { pid, put, stop } = await open(entries)
      const round = async (): Promise<Sample> => {
        await put(0, BATCH)
        const before = residentBytes([pid])
        for (let first = BATCH; first < entries; first += BATCH) await put(first, BATCH)
        const resident = residentBytes([pid])
        const each = (resident - before) / (entries - BATCH)
        return { resident: resident / 2 ** 20, each }
      }
      return { round, stop: async () => stop() }
    },
  }
}

/** 60 bytes of JSON. */
function valueOf(id: number): object {
  return { id, name: `user-${id}`, score: id % 1_000, active: true }
}

const keyOf = (id: number): string => `user:${id}`
const range = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index)

async function openService(entries: number) {
  const words = ['--memory-max-entries', String(entries * 2), '--memory-max-bytes', '8gb']
  const { child, url } = await startService(words)
  const put: Put = async (first, count) => {
    const entries = range(first, count).map((id) => ({ key: keyOf(id), value: valueOf(id) }))
    const response = await fetch(`${url}/v1/bench/_set`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ entries }),
    })
    const { stored } = (await response.json()) as { stored: number }
    if (stored !== count) throw new Error(`${stored} of ${count} were stored`)
  }
  return { pid: child.pid!, put, stop: () => child.kill() }
}

async function openRedis() {
  const redis = await startRedis()
  const client = new Redis(redis.port)
  const put: Put = async (first, count) => {
    const pipeline = client.pipeline()
    for (const id of range(first, count)) {
      pipeline.set(keyOf(id), JSON.stringify(valueOf(id)), 'EX', 3_600)
    }
    await pipeline.exec()
  }
  const stop = (): void => {
    client.disconnect()
    redis.stop()
  }
  return { pid: redis.pid, put, stop }
}

export const benchmark: Case = {
  name: 'service-memory',
  title: 'memory of the cache service with a million small values',
  about:
    'Objects of 60 bytes of JSON under keys of 11, put there 500 at a time with an hour to live. MB: resident memory of the process in the end. bytes: what it grew by for each value, key included.',
  columns: [
    { key: 'resident', title: 'MB', digits: 0 },
    { key: 'each', title: 'bytes', digits: 0, against: ['Redis'], as: 'cost' },
  ],
  contestants: [contestant('strata serve', openService), contestant('Redis', openRedis)],
  rounds: { full: 1, quick: 1, warmups: 0 },
  sequential: true,
  timeout: 600_000,
}
