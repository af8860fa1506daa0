import { formatDuration, parseDuration } from '../entry/duration.js'
import type { Lifetime } from '../entry/lifetime.js'
import { knownOptions, parseChoice, parseFlag, parseNumber } from '../entry/option.js'
import { parseTags, type TagLimits } from '../entry/tag.js'
import { InvalidOptionError } from '../errors.js'
import { DEFAULTS } from './defaults.js'
import type { PolicyOptions } from './options.js'

/** What a call asks for, complete. Milliseconds; Infinity = no bound. */
export interface Policy extends Lifetime {
  readonly tags: readonly string[]
  readonly softTimeout: number
  readonly hardTimeout: number
  readonly retryAfter: number
  readonly earlyRefresh: number
  readonly tiers: 'all' | 'memory'
  readonly lease: LeaseRule
  readonly signal: AbortSignal | undefined
  readonly force: boolean
}

/** How the lease of a key is asked for. Milliseconds. */
export interface LeaseRule {
  readonly waits: boolean
  readonly ttl: number
  readonly maxWait: number
}

export const POLICY_NAMES = [
  'ttl',
  'grace',
  'negativeTtl',
  'jitter',
  'tags',
  'softTimeout',
  'hardTimeout',
  'retryAfter',
  'earlyRefresh',
  'tiers',
  'lease',
] as const

export const CALL_NAMES: readonly string[] = [...POLICY_NAMES, 'signal', 'force']
export const SET_NAMES: readonly string[] = [
  'ttl',
  'grace',
  'negativeTtl',
  'jitter',
  'tags',
  'tiers',
]

/** What is asked for when nothing is said. */
export const BASE_POLICY: Policy = Object.freeze({
  ttl: parseDuration(DEFAULTS.ttl, 'ttl'),
  grace: DEFAULTS.grace,
  negativeTtl: undefined,
  jitter: DEFAULTS.jitter,
  tags: Object.freeze([]),
  softTimeout: DEFAULTS.softTimeout,
  hardTimeout: parseDuration(DEFAULTS.hardTimeout, 'hardTimeout'),
  retryAfter: parseDuration(DEFAULTS.retryAfter, 'retryAfter'),
  earlyRefresh: DEFAULTS.earlyRefresh,
  tiers: DEFAULTS.tiers,
  lease: Object.freeze({
    waits: true,
    ttl: parseDuration(DEFAULTS['lease.ttl'], 'lease.ttl'),
    maxWait: parseDuration(DEFAULTS['lease.maxWait'], 'lease.maxWait'),
  }),
  signal: undefined,
  force: false,
})

/**
 * `base` with what the options say on top; tags add up. Reads only policy names: the names themselves are checked by the
 * caller, who knows which others belong there.
 */
export function parsePolicy(
  options: Readonly<Record<string, unknown>> | PolicyOptions,
  base: Policy,
  limits: TagLimits,
): Policy {
  const said = options as Readonly<Record<string, unknown>>
  const read = <T>(name: keyof Policy, parse: (value: unknown, name: string) => T, other: T): T =>
    said[name] === undefined ? other : parse(said[name], name)
  return Object.freeze({
    ttl: read('ttl', parseDuration, base.ttl),
    grace: read('grace', parseDuration, base.grace),
    negativeTtl: read<number | undefined>('negativeTtl', parseDuration, base.negativeTtl),
    jitter: read('jitter', (value, name) => parseNumber(value, name, 0, 0.5), base.jitter),
    tags:
      said['tags'] === undefined
        ? base.tags
        : parseTags(
            base.tags.length === 0 ? said['tags'] : joined(base.tags, said['tags']),
            limits,
          ),
    softTimeout: read('softTimeout', parseTimeout, base.softTimeout),
    hardTimeout: read('hardTimeout', parseTimeout, base.hardTimeout),
    retryAfter: read('retryAfter', parseDuration, base.retryAfter),
    earlyRefresh: read('earlyRefresh', (v, name) => parseNumber(v, name, 0, 10), base.earlyRefresh),
    tiers: read('tiers', (v, name) => parseChoice(v, name, ['all', 'memory']), base.tiers),
    lease: read('lease', (v) => parseLease(v, base.lease), base.lease),
    signal: read<AbortSignal | undefined>('signal', parseSignal, undefined),
    force: read('force', parseFlag, false),
  })
}

/** The policy of one call. A duration stands for `{ ttl }`. */
export function parseCall(options: unknown, base: Policy, limits: TagLimits): Policy {
  if (options === undefined) return base
  if (typeof options === 'string' || typeof options === 'number') {
    return Object.freeze({ ...base, ttl: parseDuration(options, 'ttl') })
  }
  return parsePolicy(knownOptions(options, CALL_NAMES), base, limits)
}

/** Durations that look like seconds written where milliseconds are meant. */
export function suspiciousDurations(options: unknown): string[] {
  const said = (typeof options === 'number' ? { ttl: options } : Object(options)) as Record<
    string,
    unknown
  >
  return ['ttl', 'grace'].flatMap((name) => {
    const value = said[name]
    return typeof value === 'number' && value > 0 && value < 1_000
      ? [`${name}: ${value} means ${formatDuration(value)}; write '${value}s' for seconds`]
      : []
  })
}

function joined(base: readonly string[], tags: unknown): unknown {
  return Array.isArray(tags) ? [...base, ...(tags as unknown[])] : tags
}

function parseTimeout(value: unknown, name: string): number {
  return value === false ? Infinity : parseDuration(value, name)
}

function parseLease(value: unknown, base: LeaseRule): LeaseRule {
  if (typeof value === 'boolean') return Object.freeze({ ...base, waits: value })
  const { ttl, maxWait } = knownOptions(value, ['ttl', 'maxWait'], 'lease')
  return Object.freeze({
    waits: true,
    ttl:
      ttl === undefined
        ? base.ttl
        : Math.ceil(parseDuration(ttl, 'lease.ttl', { min: 100, max: 60_000 })),
    maxWait:
      maxWait === undefined
        ? base.maxWait
        : parseDuration(maxWait, 'lease.maxWait', { max: 600_000 }),
  })
}

function parseSignal(value: unknown, name: string): AbortSignal {
  const said = value as Partial<AbortSignal> | null // by its shape: another realm's signal is one too
  if (typeof said?.aborted === 'boolean' && typeof said.addEventListener === 'function') {
    return value as AbortSignal
  }
  throw new InvalidOptionError(name, value, 'an AbortSignal')
}
