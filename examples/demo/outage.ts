import { setTimeout as sleep } from 'node:timers/promises'
import type { Cache } from 'strata-cache'
import { align } from './cost-table.js'
import type { HttpClient, Sample } from './http-client.js'
import { formatDuration, quantileOf } from './quantile.js'
import { sources, titles } from './source.js'
import { startTraffic } from './traffic.js'

export interface OutageOptions {
  readonly cache: Cache
  readonly client: HttpClient
  readonly url: string
  readonly posts: number
  readonly redisPid: number
  readonly onPhase: (name: string) => void
}
interface Phase {
  readonly name: string
  readonly samples: Sample[]
  errors: number
}

const perSecond = 200
const frozenFor = 2_000
const recoversWithin = 15_000

/** Freezes Redis with SIGSTOP (its sockets stay open and never answer: the worst way to fail) under steady traffic. */
export async function freezeRedis({
  cache,
  client,
  url,
  posts,
  redisPid,
  onPhase,
}: OutageOptions): Promise<string> {
  const phases: Phase[] = []
  const begin = (name: string) => {
    onPhase(name)
    phases.push({ name, samples: [], errors: 0 })
  }
  // An answer belongs to the phase in which it arrives.
  const traffic = startTraffic({
    client,
    url,
    posts,
    perSecond,
    onSample: (sample) => phases.at(-1)?.samples.push(sample),
    onError: () => phases.at(-1)!.errors++,
  })
  begin('warming up')
  await sleep(1_000)
  begin('before')
  await sleep(frozenFor)
  begin('Redis frozen')
  process.kill(redisPid, 'SIGSTOP')
  try {
    await sleep(frozenFor)
  } finally {
    process.kill(redisPid, 'SIGCONT')
  }
  begin('recovering')
  const recovered = await recovery(cache)
  begin('after')
  await sleep(frozenFor)
  traffic.stop()
  const outcome =
    recovered === undefined
      ? `not recovered after ${recoversWithin / 1000} s`
      : `recovered ${formatDuration(recovered)} after SIGCONT`
  return [...outageTable(phases.slice(1)), '', `Redis: ${outcome}`].join('\n')
}

async function recovery(cache: Cache): Promise<number | undefined> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < recoversWithin) {
    const { redis, bus, queue } = cache.stats()
    if (redis.state === 'ready' && bus.coherent && queue.depth === 0)
      return performance.now() - startedAt
    await sleep(10)
  }
  return undefined
}

function outageTable(phases: readonly Phase[]): string[] {
  const head = [
    '',
    'requests',
    'errors',
    ...sources.map((source) => titles[source]),
    'p50',
    'p99',
    'slowest',
  ]
  const rows = phases.map(({ name, samples, errors }) => {
    const times = samples.map((sample) => sample.totalMs)
    const shares = sources.map((source) => {
      const count = samples.filter((sample) => sample.source === source).length
      return `${((100 * count) / Math.max(1, samples.length)).toFixed(1)} %`
    })
    const quantiles = [0.5, 0.99, 1].map((share) => formatDuration(quantileOf(times, share)))
    return [name, String(samples.length), String(errors), ...shares, ...quantiles]
  })
  return [
    `Redis frozen for ${frozenFor / 1000} s under ${perSecond} requests a second (whole requests)`,
    ...align([head, ...rows]),
  ]
}
