import { createRequire } from 'node:module'
import type { CacheStats } from '../cache/stats.js'
import { InvalidOptionError } from '../errors.js'
import { NamespaceLabels } from './namespace-labels.js'
import { assertKnown, peer } from './options.js'
import {
  parseSources,
  readCounts,
  readers,
  statsOfEach,
  topmost,
  type StatsSource,
} from './stats-source.js'

/** What is asked of a meter. A `Meter` of @opentelemetry/api is one. */
export interface OtelMeter {
  createObservableCounter(name: string, options: OtelInstrumentOptions): OtelObservable
  createObservableGauge(name: string, options: OtelInstrumentOptions): OtelObservable
}

export interface OtelInstrumentOptions {
  readonly description: string
  readonly unit: string
}

export interface OtelObservable {
  addCallback(observe: (result: OtelResult) => void): void
  removeCallback(observe: (result: OtelResult) => void): void
}

export interface OtelResult {
  observe(value: number, attributes: Record<string, string>): void
}

export interface OtelMetricOptions {
  /** Default: `strata-cache` of the global meter provider, as it is when this is called. */
  readonly meter?: OtelMeter
}

/**
 * Metrics of one or several caches for OpenTelemetry, read from `cache.stats()` when they are collected: `strata.reads` (by
 * `strata.namespace`, `strata.outcome`, `strata.tier`), and by `strata.namespace` `strata.memory.bytes`,
 * `strata.memory.entries`, `strata.queue.depth`, `strata.redis.unavailable`, `strata.bus.lag` and `strata.bus.incoherent`. The first 100 namespaces are told apart, the others are `other`.
 *
 * Returns how to stop. Throws `InvalidOptionError`, also where neither a meter is given nor @opentelemetry/api installed.
 */
export function otelMetrics(
  caches: StatsSource | readonly StatsSource[],
  options: OtelMetricOptions = {},
): () => void {
  assertKnown(options, ['meter'])
  const sources = parseSources(caches)
  const meter = parseMeter(options.meter ?? globalMeter())
  const labels = new NamespaceLabels()

  const reads = meter.createObservableCounter('strata.reads', {
    description: 'Reads by outcome and by the tier that the value came from',
    unit: '{read}',
  })
  const stops = [attach(reads, (result) => observeReads(result, sources, labels))]
  for (const { name, of, ...about } of GAUGES) {
    const gauge = meter.createObservableGauge(name, about)
    stops.push(attach(gauge, (result) => observeGauge(result, sources, labels, of)))
  }
  return () => {
    for (const stop of stops) stop()
  }
}

const GAUGES = [
  {
    name: 'strata.memory.bytes',
    description: 'Estimated bytes in memory',
    unit: 'By',
    of: ({ memory }: CacheStats) => memory.bytes,
  },
  {
    name: 'strata.memory.entries',
    description: 'Entries in memory',
    unit: '{entry}',
    of: ({ memory }: CacheStats) => memory.entries,
  },
  {
    name: 'strata.queue.depth',
    description: 'Invalidations that Redis has still to be told',
    unit: '{invalidation}',
    of: ({ queue }: CacheStats) => queue.depth,
  },
  {
    name: 'strata.redis.unavailable',
    description: '1 while Redis is not asked, because it does not answer',
    unit: '1',
    of: ({ redis }: CacheStats) =>
      redis.state === 'none' ? undefined : redis.state === 'unavailable' ? 1 : 0,
  },
  {
    name: 'strata.bus.lag',
    description: 'Time from an announcement until it was heard, at the last heartbeat',
    unit: 's',
    of: ({ bus }: CacheStats) => (bus.lag === undefined ? undefined : bus.lag / 1_000),
  },
  {
    name: 'strata.bus.incoherent',
    description: '1 while memory cannot be trusted',
    unit: '1',
    of: ({ bus }: CacheStats) => (bus.coherent ? 0 : 1),
  },
] as const

type Sources = readonly StatsSource[]

function observeReads(result: OtelResult, sources: Sources, labels: NamespaceLabels): void {
  const sums = new Map<string, number>()
  for (const stats of readers(sources).flatMap(statsOfEach)) {
    for (const { outcome, tier, count } of readCounts(stats)) {
      add(sums, `${labels.of(stats.namespace)} ${outcome} ${tier}`, count)
    }
  }
  for (const [name, count] of sums) {
    const [namespace = '', outcome = '', tier = ''] = name.split(' ')
    const from = { 'strata.namespace': namespace, 'strata.tier': tier }
    result.observe(count, { ...from, 'strata.outcome': outcome })
  }
}

function observeGauge(
  result: OtelResult,
  sources: Sources,
  labels: NamespaceLabels,
  of: (stats: CacheStats) => number | undefined,
): void {
  const sums = new Map<string, number>()
  for (const stats of topmost(sources)) {
    const value = of(stats)
    if (value !== undefined) add(sums, labels.of(stats.namespace), value)
  }
  for (const [namespace, sum] of sums) result.observe(sum, { 'strata.namespace': namespace })
}

function add(sums: Map<string, number>, name: string, count: number): void {
  sums.set(name, (sums.get(name) ?? 0) + count)
}

function attach(instrument: OtelObservable, observe: (result: OtelResult) => void): () => void {
  instrument.addCallback(observe)
  return () => instrument.removeCallback(observe)
}

function parseMeter(meter: OtelMeter): OtelMeter {
  if (typeof (meter as Partial<OtelMeter> | null)?.createObservableCounter === 'function')
    return meter
  throw new InvalidOptionError('meter', meter, 'a Meter of @opentelemetry/api')
}

function globalMeter(): OtelMeter {
  const require = createRequire(import.meta.url)
  const api = peer(() => require('@opentelemetry/api'), '@opentelemetry/api', 'meter')
  return (api as typeof import('@opentelemetry/api')).metrics.getMeter('strata-cache')
}
