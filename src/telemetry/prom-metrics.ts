import type { Counter, Gauge, Histogram, Metric, Registry } from 'prom-client'
import type { CacheStats } from '../cache/stats.js'
import { InvalidOptionError } from '../errors.js'

/** The metric classes of prom-client. */
export interface PromClasses {
  readonly Counter: typeof Counter
  readonly Gauge: typeof Gauge
  readonly Histogram: typeof Histogram
}

export interface PromSettings {
  readonly classes: PromClasses
  readonly registry: Registry
  readonly prefix: string
  /** Upper bounds, seconds. */
  readonly buckets: readonly number[]
}

/** What is asked for at each scrape. */
export interface PromSource {
  reads(into: Counter<'namespace' | 'outcome' | 'tier'>): void
  /** Undefined: of this cache there is nothing to tell. */
  gauge(into: Gauge<'namespace'>, of: (stats: CacheStats) => number | undefined): void
}

/** Those that are added to, and all of them by name. */
export interface PromMetrics {
  readonly reads: Counter<'namespace' | 'outcome' | 'tier'>
  readonly loads: Histogram<'namespace' | 'result'>
  readonly invalidations: Counter<'namespace' | 'kind' | 'result'>
  readonly tierErrors: Counter<'tier' | 'reason'>
  readonly byName: ReadonlyMap<string, Metric>
}

/** Registers the metrics. Throws `InvalidOptionError`, and has registered none, where something else has one of the names. */
export function createPromMetrics(settings: PromSettings, source: PromSource): PromMetrics {
  const { registry, prefix, buckets } = settings
  const { Counter, Histogram } = settings.classes
  const names = namesOf(prefix)
  for (const name of Object.values(names)) assertFree(registry, name, prefix)
  const registers = [registry]

  const reads = new Counter({
    name: names.reads,
    help: 'Reads by outcome and by the tier that the value came from',
    labelNames: ['namespace', 'outcome', 'tier'] as const,
    registers,
    collect() {
      source.reads(this)
    },
  })
  const loads = new Histogram({
    name: names.loads,
    help: 'Seconds that loaders took, one observation per key',
    labelNames: ['namespace', 'result'] as const,
    registers,
    buckets: [...buckets],
  })
  const invalidations = new Counter({
    name: names.invalidations,
    help: 'Invalidations that this process made',
    labelNames: ['namespace', 'kind', 'result'] as const,
    registers,
  })
  const tierErrors = new Counter({
    name: names.tierErrors,
    help: 'Operations of a tier that failed, and records that could not be used',
    labelNames: ['tier', 'reason'] as const,
    registers,
  })

  const byName = new Map<string, Metric>([
    [names.reads, reads],
    [names.loads, loads],
    [names.invalidations, invalidations],
    [names.tierErrors, tierErrors],
    ...gaugesOf(settings, source),
  ])
  return { reads, loads, invalidations, tierErrors, byName }
}

function gaugesOf(
  { classes, registry, prefix }: PromSettings,
  source: PromSource,
): [string, Metric][] {
  const { bytes, entries, queue, unavailable, lag, incoherent } = namesOf(prefix)
  const gauge = (
    name: string,
    help: string,
    of: (stats: CacheStats) => number | undefined,
  ): [string, Metric] => [
    name,
    new classes.Gauge({
      name,
      help,
      labelNames: ['namespace'] as const,
      registers: [registry],
      collect() {
        source.gauge(this, of)
      },
    }),
  ]
  return [
    gauge(bytes, 'Estimated bytes in memory', (stats) => stats.memory.bytes),
    gauge(entries, 'Entries in memory', (stats) => stats.memory.entries),
    gauge(queue, 'Invalidations that Redis has still to be told', (stats) => stats.queue.depth),
    gauge(unavailable, '1 while Redis is not asked, because it does not answer', awayOf),
    gauge(lag, 'Seconds from an announcement until it was heard, at the last heartbeat', lagOf),
    gauge(incoherent, '1 while memory cannot be trusted', (stats) => (stats.bus.coherent ? 0 : 1)),
  ]
}

function lagOf({ bus }: CacheStats): number | undefined {
  return bus.lag === undefined ? undefined : bus.lag / 1_000
}

/** Undefined without Redis. Connecting for the first time is no outage yet. */
function awayOf({ redis }: CacheStats): number | undefined {
  if (redis.state === 'none') return undefined
  return redis.state === 'unavailable' ? 1 : 0
}

function namesOf(prefix: string) {
  return {
    reads: `${prefix}reads_total`,
    loads: `${prefix}load_seconds`,
    invalidations: `${prefix}invalidations_total`,
    tierErrors: `${prefix}tier_errors_total`,
    bytes: `${prefix}memory_bytes`,
    entries: `${prefix}memory_entries`,
    queue: `${prefix}queue_depth`,
    unavailable: `${prefix}redis_unavailable`,
    lag: `${prefix}bus_lag_seconds`,
    incoherent: `${prefix}bus_incoherent`,
  }
}

function assertFree(registry: Registry, name: string, prefix: string): void {
  if (registry.getSingleMetric(name) === undefined) return
  const allowed = `a prefix whose names are free in the registry ('${name}' is taken by something else)`
  throw new InvalidOptionError('prefix', prefix, allowed)
}
