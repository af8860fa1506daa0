import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type Cache, insideOf } from '../../cache/cache.js'
import type { LeaseEvent, LoadEvent, ReadEvent, TierEvent } from '../../cache/channels.js'
import type { Clock } from '../../clock.js'
import { addressOfKey } from '../../http/http-key.js'
import type { RequestEvent } from '../../server/channels.js'
import { listenToLoads } from '../../telemetry/loads.js'
import { HotKeys } from './hot-keys.js'
import { KeptAnswers } from './kept-answers.js'
import { LastMinute } from './last-minute.js'
import { Latencies } from './latencies.js'
import { LentLoads } from './lent-loads.js'
import { nameIn, NamespaceViews } from './namespace-views.js'
import { type SlowLoad, SlowLoads } from './slow-loads.js'
import type { MemoryUse, NamespaceCounts, StatsView } from './stats-view.js'

export interface StatsOptions {
  /** The root cache of the service. */
  readonly cache: Cache
  readonly version: string
  /** The app whose requests are timed. */
  readonly app: object
  readonly isNative: () => boolean
  readonly clock: Clock
}

/**
 * What the dashboard shows, collected from the diagnostics channels. The counts of reads are those that the cache keeps
 * anyway; of a read, only its key is noted here.
 */
export class Stats {
  readonly #options: StatsOptions
  readonly #root: string
  readonly #under: string
  readonly #startedAt: number
  readonly #namespaces: NamespaceViews
  readonly #keptAnswers: KeptAnswers
  readonly #lastMinute: LastMinute
  readonly #hotKeys: HotKeys
  readonly #slowLoads: SlowLoads
  readonly #lentLoads: LentLoads
  readonly #loads: Latencies
  readonly #requests: Latencies
  readonly #tierErrors = new Map<string, number>()
  readonly #stops: (() => void)[] = []

  constructor(options: StatsOptions) {
    const { cache, clock } = options
    this.#options = options
    this.#root = cache.stats().namespace
    this.#under = `${this.#root}.`
    this.#startedAt = clock.now()
    this.#namespaces = new NamespaceViews(this.#root)
    this.#keptAnswers = new KeptAnswers(this.#root)
    this.#lastMinute = new LastMinute(() => this.#counts(), clock)
    this.#hotKeys = new HotKeys(clock)
    this.#slowLoads = new SlowLoads(clock)
    this.#lentLoads = new LentLoads(clock)
    this.#loads = new Latencies(clock)
    this.#requests = new Latencies(clock)
  }

  /** From now on everything is noted. */
  open(): void {
    this.#on('strata:read', (event) => this.#read(event as ReadEvent))
    this.#on('strata:lease', (event) => this.#lent(event as LeaseEvent))
    this.#on('strata:tier', (event) => this.#failed(event as TierEvent))
    this.#on('strata:request', (event) => this.#answered(event as RequestEvent))
    this.#stops.push(
      listenToLoads({
        start: (load) => ({ load, begun: this.#options.clock.now() }),
        end: ({ load, begun }, { result }) => {
          if (result !== 'unfinished') this.#loaded(load, begun, result === 'error')
        },
      }),
    )
    this.#lastMinute.open()
    this.#stops.push(() => this.#lastMinute.close())
  }

  view(): StatsView {
    const { cache, version, clock, isNative } = this.#options
    const { redis, bus, queue, memory } = cache.stats()
    const named = <T extends Keyed>(one: T): T & ReturnType<typeof namesOf> =>
      Object.assign({}, one, namesOf(this.#root, one))
    return {
      version,
      at: Math.round(clock.wall()),
      uptime: (clock.now() - this.#startedAt) / 1_000,
      native: isNative(),
      namespaces: this.#counts().map((counts) =>
        Object.assign({}, counts, { lastMinute: this.#lastMinute.of(counts) }),
      ),
      lastMinuteSeconds: this.#lastMinute.seconds(),
      redis,
      bus,
      queue,
      memory: memoryUseOf(cache, memory),
      tierErrors: Object.fromEntries(this.#tierErrors),
      latency: { loads: this.#loads.view(), requests: this.#requests.view() },
      hotKeys: this.#hotKeys.view().map(named),
      slowLoads: this.#slowLoads.view().map(named),
    }
  }

  /** Listens no more. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop()
  }

  #counts(): NamespaceCounts[] {
    const { cache } = this.#options
    return this.#namespaces.of(this.#keptAnswers.settled(cache.allStats()))
  }

  #on(name: string, listener: (event: unknown) => void): void {
    subscribe(name, listener)
    this.#stops.push(() => unsubscribe(name, listener))
  }

  /** Called for every read: it has to be cheap. */
  #read(event: ReadEvent): void {
    if (!this.#isOurs(event.namespace)) return
    const whose = this.#keptAnswers.note(event)
    if (whose !== undefined) this.#hotKeys.add(whose.namespace, whose.key, event.count ?? 1)
  }

  #loaded({ namespace, key }: LoadEvent, begun: number, failed: boolean): void {
    const ms = this.#options.clock.now() - begun
    if (!this.#isOurs(namespace) || this.#keptAnswers.isAnswer(namespace, key)) return
    this.#ended({ namespace, key, ms, failed })
  }

  #lent(event: LeaseEvent): void {
    if (!this.#isOurs(event.namespace)) return
    const ended = this.#lentLoads.note(event)
    if (ended !== undefined) this.#ended(ended)
  }

  #ended(load: Omit<SlowLoad, 'at'>): void {
    this.#loads.record(load.ms)
    this.#slowLoads.add({ ...load, at: Math.round(this.#options.clock.wall()) })
  }

  #failed({ namespace, reason }: TierEvent): void {
    if (!this.#isOurs(namespace)) return
    this.#tierErrors.set(reason, (this.#tierErrors.get(reason) ?? 0) + 1)
  }

  #answered({ app, duration }: RequestEvent): void {
    if (app === this.#options.app) this.#requests.record(duration)
  }

  /** Other caches of the process are told of on the same channels. */
  #isOurs(namespace: string): boolean {
    return namespace === this.#root || namespace.startsWith(this.#under)
  }
}

interface Keyed {
  readonly namespace: string
  readonly key: string
}

function namesOf(
  root: string,
  { namespace, key }: Keyed,
): {
  readonly name: string | undefined
  readonly url: string | undefined
} {
  const address = addressOfKey(key)
  return {
    name: nameIn(root, namespace),
    url: address && `${address.scheme}://${address.authority}${address.target}`,
  }
}

function memoryUseOf(
  cache: Cache,
  { entries, bytes }: { entries: number; bytes: number },
): MemoryUse {
  const { memory } = insideOf(cache).engine.settings
  const { rss, heapUsed } = process.memoryUsage()
  return {
    entries,
    bytes,
    maxEntries: memory?.maxEntries,
    maxBytes: memory?.maxBytes,
    rss,
    heapUsed,
  }
}
