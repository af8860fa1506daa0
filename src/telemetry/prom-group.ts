import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Counter, Gauge } from 'prom-client'
import type { InvalidateEvent, TierEvent } from '../cache/channels.js'
import type { CacheStats } from '../cache/stats.js'
import { listenToLoads } from './loads.js'
import { NamespaceLabels } from './namespace-labels.js'
import {
  createPromMetrics,
  type PromMetrics,
  type PromSettings,
  type PromSource,
} from './prom-metrics.js'
import {
  isUnder,
  readCounts,
  readers,
  statsOfEach,
  topmost,
  type StatsSource,
} from './stats-source.js'

/** The metrics of one prefix in one registry, for all caches: a name stands in a registry once. */
export class PromGroup implements PromSource {
  readonly #settings: PromSettings
  readonly #metrics: PromMetrics
  readonly #labels = new NamespaceLabels()
  /** One for each registration; a cache may be in several. */
  readonly #registrations = new Set<readonly StatsSource[]>()
  /** What each source's counts were when they were last added: a counter must not fall when a source leaves. */
  readonly #added = new WeakMap<StatsSource, Map<string, number>>()
  /** Those of the sources, at hand for each event. */
  #namespaces: readonly string[] = []
  #deafen: (() => void) | undefined

  constructor(settings: PromSettings) {
    this.#settings = settings
    this.#metrics = createPromMetrics(settings, this)
  }

  get isEmpty(): boolean {
    return this.#registrations.size === 0
  }

  /** Returns how to leave; the last one to leave takes the metrics out of the registry. */
  join(sources: readonly StatsSource[]): () => void {
    const registration = [...sources]
    this.#registrations.add(registration)
    this.#changed()
    this.#register()
    this.#deafen ??= this.#listen()
    return () => this.#leave(registration)
  }

  reads(into: Counter<'namespace' | 'outcome' | 'tier'>): void {
    for (const source of readers(this.#sources())) {
      for (const stats of statsOfEach(source)) this.#addReads(into, source, stats)
    }
  }

  gauge(into: Gauge<'namespace'>, of: (stats: CacheStats) => number | undefined): void {
    into.reset()
    for (const stats of topmost(this.#sources())) {
      const value = of(stats)
      if (value === undefined) continue
      into.inc({ namespace: this.#labels.of(stats.namespace) }, value)
    }
  }

  #addReads(
    into: Counter<'namespace' | 'outcome' | 'tier'>,
    source: StatsSource,
    stats: CacheStats,
  ): void {
    const added = this.#added.get(source) ?? new Map<string, number>()
    this.#added.set(source, added)
    for (const { outcome, tier, count } of readCounts(stats)) {
      const name = `${stats.namespace} ${outcome} ${tier}`
      const namespace = this.#labels.of(stats.namespace)
      into.inc({ namespace, outcome, tier }, count - (added.get(name) ?? 0))
      added.set(name, count)
    }
  }

  #sources(): Set<StatsSource> {
    return new Set([...this.#registrations].flat())
  }

  #changed(): void {
    this.#namespaces = [...this.#sources()].map((source) => source.stats().namespace)
  }

  /** Also brings back what `registry.clear()` has thrown out. */
  #register(): void {
    const { registry } = this.#settings
    for (const [name, metric] of this.#metrics.byName) {
      if (registry.getSingleMetric(name) === undefined) registry.registerMetric(metric)
    }
  }

  #leave(registration: readonly StatsSource[]): void {
    if (!this.#registrations.has(registration)) return
    this.reads(this.#metrics.reads) // what the next scrape would no longer see
    this.#registrations.delete(registration)
    this.#changed()
    if (!this.isEmpty) return
    this.#deafen?.()
    this.#deafen = undefined
    const { registry } = this.#settings
    for (const [name, metric] of this.#metrics.byName) {
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name)
    }
  }

  /** The channels are those of the process: events of caches that were not given are none of ours. */
  #listen(): () => void {
    const { loads, invalidations, tierErrors } = this.#metrics
    const stopLoads = listenToLoads({
      start: ({ namespace }) => ({ namespace, at: performance.now() }),
      end: ({ namespace, at }, { result }) => {
        if (result === 'unfinished' || !this.#concerns(namespace)) return
        const seconds = (performance.now() - at) / 1_000
        loads.observe({ namespace: this.#labels.of(namespace), result }, seconds)
      },
    })
    const onInvalidate = (message: unknown): void => {
      const { namespace, invalidation, result } = message as InvalidateEvent
      if (!this.#concerns(namespace)) return
      const { kind } = invalidation
      invalidations.inc({ namespace: this.#labels.of(namespace), kind, result })
    }
    const onTier = (message: unknown): void => {
      const { namespace, tier, reason } = message as TierEvent
      if (!this.#concerns(namespace)) return
      tierErrors.inc({ tier, reason })
    }
    subscribe('strata:invalidate', onInvalidate)
    subscribe('strata:tier', onTier)
    return () => {
      stopLoads()
      unsubscribe('strata:invalidate', onInvalidate)
      unsubscribe('strata:tier', onTier)
    }
  }

  #concerns(namespace: string): boolean {
    return this.#namespaces.some((own) => namespace === own || isUnder(namespace, own))
  }
}
