import { formatDuration, parseDuration } from '../entry/duration.js'
import type { Lifetime } from '../entry/lifetime.js'
import {
  knownOptions,
  parseBytes,
  parseChoice,
  parseCount,
  parseFlag,
  parseNumber,
} from '../entry/option.js'
import { parseTags, type TagLimits } from '../entry/tag.js'
import type { CodecType } from '../entry/vet.js'
import { InvalidOptionError } from '../errors.js'
import type { CopyPolicy, EngineOptions, Logger } from './options.js'

/** What a call asks for, complete. Milliseconds; Infinity = no bound. */
export interface Policy extends Lifetime {
  readonly tags: readonly string[]
  readonly softTimeout: number
  readonly hardTimeout: number
  readonly retryAfter: number
  readonly earlyRefresh: number
  readonly tiers: 'all' | 'memory'
  readonly signal: AbortSignal | undefined
  readonly force: boolean
}

export interface Limits extends TagLimits {
  readonly keyBytes: number
  readonly waitersPerKey: number
}

/** All options of a cache, resolved once, complete and frozen. */
export interface Settings {
  readonly namespace: string
  readonly policy: Policy
  readonly memory:
    | {
        readonly maxEntries: number
        readonly maxBytes: number
        readonly copy: CopyPolicy
        /** Infinity = none. */
        readonly ttl: number
      }
    | undefined
  readonly codec: {
    readonly instances: 'refuse' | 'json'
    readonly types: readonly CodecType[]
    readonly compression: { readonly minBytes: number; readonly quality: number } | undefined
  }
  readonly outage: {
    readonly ttl: number
    readonly maxLoads: number
    readonly maxWaiting: number
    readonly maxQueued: number
  }
  readonly limits: Limits
  readonly throwOnCacheError: boolean
  readonly maxBatch: number
  readonly logger: Logger | false | undefined
  readonly dev: boolean
}

/** The default of every option, as a caller would write it. The documentation is held against this table. */
export const DEFAULTS = {
  namespace: 'default',
  ttl: '5m',
  grace: 0,
  jitter: 0.05,
  softTimeout: 0,
  hardTimeout: '30s',
  retryAfter: '1s',
  earlyRefresh: 0,
  tiers: 'all',
  'memory.maxEntries': 10_000,
  'memory.maxBytes': '64mb',
  'memory.copy': 'freeze',
  'codec.instances': 'refuse',
  'codec.compression': false,
  'codec.compression.minBytes': '4kb',
  'codec.compression.quality': 4,
  'outage.ttl': '2s',
  'outage.maxLoads': 64,
  'outage.maxWaiting': 10_000,
  'outage.maxQueued': 10_000,
  'limits.keyBytes': 1_024,
  'limits.tagsPerEntry': 32,
  'limits.tagBytes': 256,
  'limits.waitersPerKey': 10_000,
  throwOnCacheError: false,
  maxBatch: 500,
} as const

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

export const ENGINE_NAMES: readonly string[] = [
  ...POLICY_NAMES,
  'namespace',
  'memory',
  'codec',
  'outage',
  'limits',
  'throwOnCacheError',
  'maxBatch',
  'logger',
  'dev',
]

/** Throws `InvalidOptionError` for the first option that is wrong. `options` holds known names only. */
export function parseSettings(options: EngineOptions): Settings {
  const limits = parseLimits(options.limits)
  return Object.freeze({
    namespace: parseNamespace(options.namespace ?? DEFAULTS.namespace),
    policy: parsePolicy(options, BASE_POLICY, limits),
    memory: parseMemory(options.memory),
    codec: parseCodec(options.codec),
    outage: parseOutage(options.outage),
    limits,
    throwOnCacheError: parseFlag(
      options.throwOnCacheError ?? DEFAULTS.throwOnCacheError,
      'throwOnCacheError',
    ),
    maxBatch: parseCount(options.maxBatch ?? DEFAULTS.maxBatch, 'maxBatch', 1, 1e6),
    logger: parseLogger(options.logger),
    dev: parseFlag(options.dev ?? process.env['NODE_ENV'] === 'development', 'dev'),
  })
}

const BASE_POLICY: Policy = Object.freeze({
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
  signal: undefined,
  force: false,
})

/**
 * `base` with what the options say on top; tags add up. Reads only policy names: the names themselves are checked by the
 * caller, who knows which others belong there.
 */
export function parsePolicy(
  options: Readonly<Record<string, unknown>> | EngineOptions,
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

export function parseNamespace(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(value)) {
    throw new InvalidOptionError('namespace', value, '1-64 characters of A-Z a-z 0-9 . _ -')
  }
  return value
}

/** Names of durations that look like seconds written where milliseconds are meant. */
export function suspiciousDurations(options: object): string[] {
  return ['ttl', 'grace'].flatMap((name) => {
    const value: unknown = (options as Readonly<Record<string, unknown>>)[name]
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

function parseSignal(value: unknown, name: string): AbortSignal {
  const said = value as Partial<AbortSignal> | null // by its shape: another realm's signal is one too
  if (typeof said?.aborted === 'boolean' && typeof said.addEventListener === 'function') {
    return value as AbortSignal
  }
  throw new InvalidOptionError(name, value, 'an AbortSignal')
}

function parseMemory(options: unknown): Settings['memory'] {
  if (options === false) return undefined
  const said = knownOptions(options ?? {}, ['maxEntries', 'maxBytes', 'copy', 'ttl'], 'memory')
  const { maxEntries, maxBytes, copy, ttl } = said
  return Object.freeze({
    maxEntries: parseCount(
      maxEntries ?? DEFAULTS['memory.maxEntries'],
      'memory.maxEntries',
      1,
      2 ** 24,
    ),
    maxBytes: parseBytes(maxBytes ?? DEFAULTS['memory.maxBytes'], 'memory.maxBytes', 1, 2 ** 40),
    copy: parseChoice(copy ?? DEFAULTS['memory.copy'], 'memory.copy', ['freeze', 'clone', 'none']),
    ttl: ttl === undefined ? Infinity : parseDuration(ttl, 'memory.ttl', { min: 1 }),
  })
}

function parseCodec(options: unknown): Settings['codec'] {
  const said = knownOptions(options ?? {}, ['instances', 'types', 'compression'], 'codec')
  return Object.freeze({
    instances: parseChoice(said['instances'] ?? DEFAULTS['codec.instances'], 'codec.instances', [
      'refuse',
      'json',
    ]),
    types: parseTypes(said['types'] ?? []),
    compression: parseCompression(said['compression'] ?? DEFAULTS['codec.compression']),
  })
}

function parseTypes(types: unknown): readonly CodecType[] {
  if (!Array.isArray(types)) {
    throw new InvalidOptionError(
      'codec.types',
      types,
      'an array of { name, class, encode, decode }',
    )
  }
  const names = new Set<unknown>()
  for (const [index, type] of types.entries()) {
    const option = `codec.types[${index}]`
    const said = knownOptions(type, ['name', 'class', 'encode', 'decode'], option)
    if (typeof said['name'] !== 'string' || said['name'] === '' || names.has(said['name'])) {
      throw new InvalidOptionError(`${option}.name`, said['name'], 'a non-empty string of its own')
    }
    names.add(said['name'])
    for (const name of ['class', 'encode', 'decode']) {
      if (typeof said[name] !== 'function') {
        throw new InvalidOptionError(`${option}.${name}`, said[name], 'a function')
      }
    }
  }
  return Object.freeze([...(types as CodecType[])])
}

function parseCompression(value: unknown): Settings['codec']['compression'] {
  if (value === false) return undefined
  const said = knownOptions(value, ['minBytes', 'quality'], 'codec.compression')
  const minBytes = said['minBytes'] ?? DEFAULTS['codec.compression.minBytes']
  const quality = said['quality'] ?? DEFAULTS['codec.compression.quality']
  return Object.freeze({
    minBytes: parseBytes(minBytes, 'codec.compression.minBytes', 0, 2 ** 30),
    quality: parseCount(quality, 'codec.compression.quality', 0, 11),
  })
}

function parseOutage(options: unknown): Settings['outage'] {
  const said = knownOptions(options ?? {}, ['ttl', 'maxLoads', 'maxWaiting', 'maxQueued'], 'outage')
  const count = (name: 'maxLoads' | 'maxWaiting' | 'maxQueued', min: number): number =>
    parseCount(said[name] ?? DEFAULTS[`outage.${name}`], `outage.${name}`, min, 1e7)
  return Object.freeze({
    ttl: parseDuration(said['ttl'] ?? DEFAULTS['outage.ttl'], 'outage.ttl'),
    maxLoads: count('maxLoads', 1),
    maxWaiting: count('maxWaiting', 0),
    maxQueued: count('maxQueued', 1),
  })
}

function parseLimits(options: unknown): Limits {
  const names = ['keyBytes', 'tagsPerEntry', 'tagBytes', 'waitersPerKey'] as const
  const said = knownOptions(options ?? {}, names, 'limits')
  const count = (name: (typeof names)[number], max: number): number =>
    parseCount(said[name] ?? DEFAULTS[`limits.${name}`], `limits.${name}`, 1, max)
  return Object.freeze({
    keyBytes: count('keyBytes', 65_536),
    tagsPerEntry: count('tagsPerEntry', 128),
    tagBytes: count('tagBytes', 1_024),
    waitersPerKey: count('waitersPerKey', 1e7),
  })
}

function parseLogger(value: unknown): Logger | false | undefined {
  if (value === undefined || value === false) return value
  const said = value as Partial<Logger> | null
  for (const level of ['info', 'warn', 'error'] as const) {
    if (typeof said?.[level] !== 'function') {
      throw new InvalidOptionError(
        'logger',
        value,
        "false, or an object like pino's (info, warn, error)",
      )
    }
  }
  return value as Logger
}
