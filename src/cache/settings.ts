import { parseDuration } from '../entry/duration.js'
import {
  given,
  knownOptions,
  parseBytes,
  parseChoice,
  parseCount,
  parseFlag,
} from '../entry/option.js'
import type { TagLimits } from '../entry/tag.js'
import type { CodecType } from '../entry/vet.js'
import { InvalidOptionError } from '../errors.js'
import { DEFAULTS } from './defaults.js'
import type { CopyPolicy, EngineOptions, Logger } from './options.js'
import { BASE_POLICY, parsePolicy, POLICY_NAMES, type Policy } from './policy.js'

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
  readonly coherence: {
    readonly maxStaleness: number
    readonly whenBlind: 'stale' | 'refuse'
    readonly onFailover: 'clear' | 'keep'
  }
  readonly outage: {
    readonly ttl: number
    readonly maxLoads: number
    readonly maxWaiting: number
    readonly maxQueued: number
  }
  readonly limits: Limits
  readonly throwOnCacheError: boolean
  readonly shareErrorMessages: boolean
  readonly maxBatch: number
  readonly logger: Logger | false | undefined
  readonly dev: boolean
}

export const ENGINE_NAMES: readonly string[] = [
  ...POLICY_NAMES,
  'namespace',
  'memory',
  'codec',
  'coherence',
  'outage',
  'limits',
  'throwOnCacheError',
  'shareErrorMessages',
  'maxBatch',
  'logger',
  'dev',
]

/** Throws `InvalidOptionError` for the first option that is wrong. `options` holds known names only. */
export function parseSettings(options: EngineOptions): Settings {
  const limits = parseLimits(options.limits)
  return Object.freeze({
    namespace: parseNamespace(given(options.namespace, DEFAULTS.namespace)),
    policy: parsePolicy(options, BASE_POLICY, limits),
    memory: parseMemory(options.memory),
    codec: parseCodec(options.codec),
    coherence: parseCoherence(options.coherence),
    outage: parseOutage(options.outage),
    limits,
    throwOnCacheError: parseFlag(
      given(options.throwOnCacheError, DEFAULTS.throwOnCacheError),
      'throwOnCacheError',
    ),
    shareErrorMessages: parseFlag(
      given(options.shareErrorMessages, DEFAULTS.shareErrorMessages),
      'shareErrorMessages',
    ),
    maxBatch: parseCount(given(options.maxBatch, DEFAULTS.maxBatch), 'maxBatch', 1, 1e6),
    logger: parseLogger(options.logger),
    dev: parseFlag(given(options.dev, process.env['NODE_ENV'] === 'development'), 'dev'),
  })
}

export function parseNamespace(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(value)) {
    throw new InvalidOptionError('namespace', value, '1-64 characters of A-Z a-z 0-9 . _ -')
  }
  return value
}

function parseMemory(options: unknown): Settings['memory'] {
  if (options === false) return undefined
  const said = knownOptions(given(options, {}), ['maxEntries', 'maxBytes', 'copy', 'ttl'], 'memory')
  const { maxEntries, maxBytes, copy, ttl } = said
  return Object.freeze({
    maxEntries: parseCount(
      given(maxEntries, DEFAULTS['memory.maxEntries']),
      'memory.maxEntries',
      1,
      2 ** 24,
    ),
    maxBytes: parseBytes(
      given(maxBytes, DEFAULTS['memory.maxBytes']),
      'memory.maxBytes',
      1,
      2 ** 40,
    ),
    copy: parseChoice(given(copy, DEFAULTS['memory.copy']), 'memory.copy', [
      'freeze',
      'clone',
      'none',
    ]),
    ttl: ttl === undefined ? Infinity : parseDuration(ttl, 'memory.ttl', { min: 1 }),
  })
}

function parseCodec(options: unknown): Settings['codec'] {
  const said = knownOptions(given(options, {}), ['instances', 'types', 'compression'], 'codec')
  return Object.freeze({
    instances: parseChoice(
      given(said['instances'], DEFAULTS['codec.instances']),
      'codec.instances',
      ['refuse', 'json'],
    ),
    types: parseTypes(given(said['types'], [])),
    compression: parseCompression(given(said['compression'], DEFAULTS['codec.compression'])),
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
  return Object.freeze((types as readonly CodecType[]).slice())
}

function parseCompression(value: unknown): Settings['codec']['compression'] {
  if (value === false) return undefined
  const said = knownOptions(value, ['minBytes', 'quality'], 'codec.compression')
  const minBytes = given(said['minBytes'], DEFAULTS['codec.compression.minBytes'])
  const quality = given(said['quality'], DEFAULTS['codec.compression.quality'])
  return Object.freeze({
    minBytes: parseBytes(minBytes, 'codec.compression.minBytes', 0, 2 ** 30),
    quality: parseCount(quality, 'codec.compression.quality', 0, 11),
  })
}

function parseCoherence(options: unknown): Settings['coherence'] {
  const names = ['maxStaleness', 'whenBlind', 'onFailover']
  const said = knownOptions(given(options, {}), names, 'coherence')
  const choice = <T extends string>(name: 'whenBlind' | 'onFailover', allowed: readonly T[]): T =>
    parseChoice(given(said[name], DEFAULTS[`coherence.${name}`]), `coherence.${name}`, allowed)
  return Object.freeze({
    maxStaleness: parseDuration(
      given(said['maxStaleness'], DEFAULTS['coherence.maxStaleness']),
      'coherence.maxStaleness',
      { min: 250, max: 3_600_000 },
    ),
    whenBlind: choice('whenBlind', ['stale', 'refuse']),
    onFailover: choice('onFailover', ['clear', 'keep']),
  })
}

function parseOutage(options: unknown): Settings['outage'] {
  const said = knownOptions(
    given(options, {}),
    ['ttl', 'maxLoads', 'maxWaiting', 'maxQueued'],
    'outage',
  )
  const count = (name: 'maxLoads' | 'maxWaiting' | 'maxQueued', min: number): number =>
    parseCount(given(said[name], DEFAULTS[`outage.${name}`]), `outage.${name}`, min, 1e7)
  return Object.freeze({
    ttl: parseDuration(given(said['ttl'], DEFAULTS['outage.ttl']), 'outage.ttl'),
    maxLoads: count('maxLoads', 1),
    maxWaiting: count('maxWaiting', 0),
    maxQueued: count('maxQueued', 1),
  })
}

function parseLimits(options: unknown): Limits {
  const names = ['keyBytes', 'tagsPerEntry', 'tagBytes', 'waitersPerKey'] as const
  const said = knownOptions(given(options, {}), names, 'limits')
  const count = (name: (typeof names)[number], max: number): number =>
    parseCount(given(said[name], DEFAULTS[`limits.${name}`]), `limits.${name}`, 1, max)
  return Object.freeze({
    keyBytes: count('keyBytes', 65_536),
    tagsPerEntry: count('tagsPerEntry', 128),
    tagBytes: count('tagBytes', 1_024),
    waitersPerKey: count('waitersPerKey', 1e7),
  })
}

function parseLogger(value: unknown): Logger | false | undefined {
  if (value === undefined || value === false) return value
  for (const level of ['info', 'warn']) {
    if (typeof (Object(value) as Record<string, unknown>)[level] !== 'function') {
      throw new InvalidOptionError('logger', value, "false, or an object like pino's (info, warn)")
    }
  }
  return value as Logger
}
