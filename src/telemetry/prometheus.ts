import { createRequire } from 'node:module'
import type { Registry } from 'prom-client'
import { InvalidOptionError } from '../errors.js'
import { assertKnown, peer } from './options.js'
import { PromGroup } from './prom-group.js'
import type { PromClasses } from './prom-metrics.js'
import { parseSources, type StatsSource } from './stats-source.js'

/** What is asked of a registry. A `Registry` of prom-client 15 is one. */
export interface PromRegistry {
  registerMetric(metric: never): void
  getSingleMetric(name: string): unknown
  removeSingleMetric(name: string): void
}

/** What is asked of prom-client: `import * as client from 'prom-client'`. */
export interface PromClient {
  readonly Counter: unknown
  readonly Gauge: unknown
  readonly Histogram: unknown
  readonly register: PromRegistry
}

export interface PromOptions {
  /** Where the metrics are registered. Default: the global `register` of prom-client. */
  readonly registry?: PromRegistry
  /** What every name begins with. Default `'strata_'`. */
  readonly prefix?: string
  /** Upper bounds of `strata_load_seconds`, in seconds, rising. Default 1 ms .. 30 s in 14 steps. */
  readonly buckets?: readonly number[]
  /** The module itself, for programs that are bundled. Default: loaded from node_modules at the first call. */
  readonly client?: PromClient
}

const PREFIX = 'strata_'

/** `hardTimeout` ends loads at 30 s unless it is changed. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const GROUPS = new WeakMap<PromRegistry, Map<string, PromGroup>>()

/**
 * Registers the metrics of one or several caches with prom-client:
 *
 * - `strata_reads_total{namespace,outcome,tier}`, `strata_memory_bytes{namespace}`, `strata_memory_entries{namespace}`,
 *   `strata_queue_depth{namespace}`, `strata_redis_unavailable{namespace}`, `strata_bus_lag_seconds{namespace}` and `strata_bus_incoherent{namespace}`, read from `cache.stats()` at each scrape: reads cost nothing for being counted;
 * - `strata_load_seconds{namespace,result}`, `strata_invalidations_total{namespace,kind,result}` and
 *   `strata_tier_errors_total{tier,reason}`, heard on the diagnostics channels: a load, an invalidation and a failure
 *   cost some microseconds more while this listens.
 *
 * The first 100 namespaces are told apart, the others are `other`. Called again for the same registry and prefix it adds
 * the caches to the metrics that are there; the buckets stay those of the first call.
 *
 * Returns how to stop, which may be called more than once; with the last registration the metrics leave the registry.
 * Throws `InvalidOptionError`, also where prom-client is not installed or something else has registered one of the names.
 */
export function promMetrics(
  caches: StatsSource | readonly StatsSource[],
  options: PromOptions = {},
): () => void {
  assertKnown(options, ['registry', 'prefix', 'buckets', 'client'])
  const sources = parseSources(caches)
  const prefix = parsePrefix(options.prefix ?? PREFIX)
  const buckets = parseBuckets(options.buckets ?? BUCKETS)
  const client = parseClient(options.client ?? installed())
  const registry = parseRegistry(options.registry ?? client.register)
  const groups = GROUPS.get(registry) ?? new Map<string, PromGroup>()
  GROUPS.set(registry, groups)
  const group = groups.get(prefix) ?? new PromGroup({ classes: client, registry, prefix, buckets })
  groups.set(prefix, group)
  const leave = group.join(sources)
  return () => {
    leave()
    if (group.isEmpty && groups.get(prefix) === group) groups.delete(prefix)
  }
}

function installed(): PromClient {
  const require = createRequire(import.meta.url)
  return peer(() => require('prom-client'), 'prom-client', 'client') as PromClient
}

function parseClient(client: PromClient): PromClient & PromClasses {
  for (const name of ['Counter', 'Gauge', 'Histogram', 'register'] as const) {
    if ((client as Partial<PromClient> | null)?.[name] !== undefined) continue
    throw new InvalidOptionError('client', client, 'the module prom-client')
  }
  return client as PromClient & PromClasses
}

function parseRegistry(registry: PromRegistry): Registry {
  if (typeof (registry as Partial<PromRegistry> | null)?.registerMetric !== 'function') {
    throw new InvalidOptionError('registry', registry, 'a Registry of prom-client')
  }
  return registry as Registry
}

function parsePrefix(prefix: unknown): string {
  if (typeof prefix !== 'string' || !/^(?:[A-Za-z_:][\w:]*)?$/.test(prefix)) {
    throw new InvalidOptionError(
      'prefix',
      prefix,
      'letters, digits, _ and :, beginning with no digit',
    )
  }
  return prefix
}

function parseBuckets(buckets: unknown): readonly number[] {
  const bounds: readonly unknown[] = Array.isArray(buckets) ? buckets : []
  const rises = bounds.every((bound, i) => {
    const before = i === 0 ? 0 : (bounds[i - 1] as number)
    return typeof bound === 'number' && bound > before && bound < Infinity
  })
  if (bounds.length === 0 || !rises) {
    throw new InvalidOptionError(
      'buckets',
      buckets,
      'seconds over 0, each more than the one before',
    )
  }
  return bounds as readonly number[]
}
