import { type Duration, parseDuration } from '../entry/duration.js'
import { given, knownOptions, parseCount } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Version } from './versions.js'

/** How the version of a value is found, in the cache and at the source. `V`: the values. */
export interface VersionOf<V = unknown> {
  /** Of a cached value. Undefined or null: it has none (a `null` for what is not there). */
  readonly cached: (value: V, key: string) => Version | null | undefined
  /** Of what the source (the database, say) has now. Undefined or null: nothing there. Given up after 5 s. */
  readonly source: (key: string) => Version | null | undefined | Promise<Version | null | undefined>
}

export interface MonitorOptions<V = unknown> {
  /** Entries looked at in each round, picked at random among the 10,000 used last. Default 100, 1 .. 1,000. */
  readonly sample?: number | undefined
  /** Which keys are looked at. Default: all of the namespace. */
  readonly only?: ((key: string) => boolean) | undefined
  /** Pause between rounds; the first one begins after it. Default 10s, 100ms .. 1d. */
  readonly interval?: Duration | undefined
  /** Asks the source as well, which then decides. */
  readonly versionOf?: VersionOf<V> | undefined
  /** `versionOf.source` under way at once. Default 4, 1 .. 100. */
  readonly concurrency?: number | undefined
  /** Called after each round, and when what was behind has been looked at again. */
  readonly onReport?: ((stats: MonitorStats) => void) | undefined
}

/** What a monitor has seen since it began. A plain snapshot. */
export interface MonitorStats {
  readonly rounds: number
  /** Entries compared: those that memory alone would have answered with. `same` + `behind` + `unknown`. */
  readonly checked: number
  readonly same: number
  /** Not what Redis (with `versionOf`: the source) has. That may be so for `coherence.maxStaleness`. */
  readonly behind: number
  /** Those of them that were still served, and still behind, when `coherence.maxStaleness` had passed. */
  readonly overdue: number
  /** Could not be compared: Redis is away, the entry is in memory only, `versionOf` failed. */
  readonly unknown: number
  /** Errors of `versionOf`, `only` and `onReport`; the first of each is an `error` event. */
  readonly failures: number
  /** The keys found overdue last, at most 20. */
  readonly examples: readonly OverdueExample[]
}

export interface OverdueExample {
  readonly key: string
  readonly id: string
  /**
   * What Redis had when it was looked at again: the `same` value, `other`, one whose tag or namespace has `ended`, one made
   * `stale`, `absent`: nothing; `unknown`: it was not asked, or not to be compared.
   */
  readonly redis: 'same' | 'other' | 'ended' | 'stale' | 'absent' | 'unknown'
  /** As text, with `versionOf`. */
  readonly cached: string | undefined
  readonly source: string | undefined
  /** Wall-clock milliseconds. */
  readonly storedAt: number
  /** When it was first seen behind, and when again. */
  readonly behindSince: number
  readonly seenAt: number
}

/** Watches memory until it is stopped or the cache is closed. */
export interface Monitor extends Disposable {
  stats(): MonitorStats
  stop(): void
}

export interface MonitorSettings {
  readonly sample: number
  /** Milliseconds. */
  readonly interval: number
  readonly concurrency: number
  readonly versionOf: VersionOf | undefined
  readonly only: ((key: string) => boolean) | undefined
  readonly onReport: ((stats: MonitorStats) => void) | undefined
}

const DEFAULTS = { sample: 100, interval: '10s', concurrency: 4 } as const

const NAMES = ['sample', 'only', 'interval', 'versionOf', 'concurrency', 'onReport']

/** Throws `InvalidOptionError`. */
export function parseMonitor(options: unknown): MonitorSettings {
  const said = knownOptions(options, NAMES)
  const count = (name: 'sample' | 'concurrency', max: number): number =>
    parseCount(given(said[name], DEFAULTS[name]), name, 1, max)
  for (const name of ['only', 'onReport']) {
    if (said[name] !== undefined && typeof said[name] !== 'function') {
      throw new InvalidOptionError(name, said[name], 'a function')
    }
  }
  return Object.freeze({
    sample: count('sample', 1_000),
    interval: parseDuration(given(said['interval'], DEFAULTS.interval), 'interval', {
      min: 100,
      max: 86_400_000,
    }),
    concurrency: count('concurrency', 100),
    versionOf: parseVersionOf(said['versionOf']),
    only: said['only'] as MonitorSettings['only'],
    onReport: said['onReport'] as MonitorSettings['onReport'],
  })
}

function parseVersionOf(value: unknown): VersionOf | undefined {
  if (value === undefined) return undefined
  const said = knownOptions(value, ['cached', 'source'], 'versionOf')
  for (const name of ['cached', 'source']) {
    if (typeof said[name] !== 'function') {
      throw new InvalidOptionError(`versionOf.${name}`, said[name], 'a function')
    }
  }
  return value as VersionOf
}
