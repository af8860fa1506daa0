import type { ClusterNode, ClusterOptions, RedisOptions as IoredisOptions } from 'ioredis'
import { didYouMean } from '../entry/did-you-mean.js'
import { type Duration, parseDuration } from '../entry/duration.js'
import { type ByteSize, parseBytes, parseCount } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { RedisClient } from './redis-client.js'

/** Bounds of every conversation with Redis, beside one source of a connection. */
export interface RedisLimits {
  /** Longest wait for one operation, from when it is sent. Default 100 ms, range 1 ms .. 60 s. */
  readonly timeout?: Duration | undefined
  /** Longest wait for the first connection, and for each dial. Default 1 s, range 1 ms .. 5 m. */
  readonly connectTimeout?: Duration | undefined
  /**
   * Operations sent and not yet answered; others wait in line for a slot while it moves, at most ten times `timeout`, and are
   * refused at once when ten times as many wait already. Default 1,000, range 1 .. 1,000,000.
   */
  readonly maxInFlight?: number | undefined
  /** A larger value stays out of Redis. Default 8 MB, range 1 KB .. 512 MB. */
  readonly maxValueBytes?: ByteSize | undefined
  readonly breaker?: BreakerOptions | undefined
}

/** When Redis is no longer asked, and how often a background probe looks whether it is back. */
export interface BreakerOptions {
  /** Failures within `window`, or in a row, that open the breaker. Default 5, range 1 .. 10,000. */
  readonly failures?: number | undefined
  /** Default 1 s, range 10 ms .. 10 m. */
  readonly window?: Duration | undefined
  /** Pause between probes while open. Default 1 s, range 10 ms .. 10 m. */
  readonly halfOpenAfter?: Duration | undefined
}

/** Where Redis is: exactly one of `url`, `options`, `client`, `cluster`. */
export type RedisSourceOptions =
  | { readonly url: string }
  | { readonly options: IoredisOptions }
  | { readonly client: RedisClient }
  | {
      readonly cluster: {
        readonly nodes: readonly ClusterNode[]
        readonly options?: ClusterOptions
      }
    }

/**
 * The `redis` option: a URL (`redis://` or `rediss://`), an ioredis `Redis` or `Cluster` of yours (used while its status
 * is `'ready'`, never closed, no option of it changed), or an object.
 */
export type RedisSource = string | RedisClient | (RedisSourceOptions & RedisLimits)

/** How to come to a connection. */
export type ConnectionSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'options'; readonly options: IoredisOptions }
  | { readonly kind: 'client'; readonly client: RedisClient }
  | {
      readonly kind: 'cluster'
      readonly nodes: readonly ClusterNode[]
      readonly options: ClusterOptions
    }

/** The `redis` option, resolved. Durations in milliseconds, sizes in bytes. */
export interface RedisSettings {
  readonly source: ConnectionSource
  readonly timeout: number
  readonly connectTimeout: number
  readonly maxInFlight: number
  readonly maxValueBytes: number
  readonly breaker: {
    readonly failures: number
    readonly window: number
    readonly halfOpenAfter: number
  }
}

/** Defaults of the `redis` option: milliseconds and bytes. */
export const REDIS_DEFAULTS: Omit<RedisSettings, 'source'> = Object.freeze({
  timeout: 100,
  connectTimeout: 1_000,
  maxInFlight: 1_000,
  maxValueBytes: 8 * 2 ** 20,
  breaker: Object.freeze({ failures: 5, window: 1_000, halfOpenAfter: 1_000 }),
})

const SOURCES = ['url', 'options', 'client', 'cluster'] as const
const LIMITS = ['timeout', 'connectTimeout', 'maxInFlight', 'maxValueBytes', 'breaker'] as const
const MINUTE = 60_000

type Options = Readonly<Record<string, unknown>>

/** Throws `InvalidOptionError`. Does not connect and does not load ioredis. No error shows a password. */
export function parseRedis(option: unknown): RedisSettings {
  if (typeof option === 'string') {
    return Object.freeze({ source: urlSource(option, 'redis'), ...REDIS_DEFAULTS })
  }
  if (isClient(option)) {
    return Object.freeze({ source: clientSource(option, 'redis'), ...REDIS_DEFAULTS })
  }
  const options = known(option, [...SOURCES, ...LIMITS], 'redis')
  return Object.freeze({ source: sourceOf(options), ...limitsOf(options) })
}

function limitsOf(options: Options): Omit<RedisSettings, 'source'> {
  const { timeout, connectTimeout, maxInFlight, maxValueBytes } = {
    ...REDIS_DEFAULTS,
    ...given(options),
  }
  const minute = { min: 1, max: MINUTE }
  return {
    timeout: parseDuration(timeout, 'redis.timeout', minute),
    connectTimeout: parseDuration(connectTimeout, 'redis.connectTimeout', {
      min: 1,
      max: 5 * MINUTE,
    }),
    maxInFlight: parseCount(maxInFlight, 'redis.maxInFlight', 1, 1_000_000),
    maxValueBytes: parseBytes(maxValueBytes, 'redis.maxValueBytes', 2 ** 10, 512 * 2 ** 20),
    breaker: breakerOf(options['breaker']),
  }
}

function breakerOf(option: unknown): RedisSettings['breaker'] {
  if (option === undefined) return REDIS_DEFAULTS.breaker
  const options = known(option, Object.keys(REDIS_DEFAULTS.breaker), 'redis.breaker')
  const { failures, window, halfOpenAfter } = { ...REDIS_DEFAULTS.breaker, ...given(options) }
  const range = { min: 10, max: 10 * MINUTE }
  return Object.freeze({
    failures: parseCount(failures, 'redis.breaker.failures', 1, 10_000),
    window: parseDuration(window, 'redis.breaker.window', range),
    halfOpenAfter: parseDuration(halfOpenAfter, 'redis.breaker.halfOpenAfter', range),
  })
}

function sourceOf(options: Options): ConnectionSource {
  const named = SOURCES.filter((name) => options[name] !== undefined)
  const [name] = named
  if (name === undefined || named.length > 1) {
    const got = named.length === 0 ? 'none of them' : named.join(' and ')
    throw new InvalidOptionError('redis', got, `exactly one of ${SOURCES.join(', ')}`)
  }
  return SOURCE_PARSERS[name](options[name], `redis.${name}`)
}

const SOURCE_PARSERS: Readonly<
  Record<(typeof SOURCES)[number], (value: unknown, name: string) => ConnectionSource>
> = {
  url: urlSource,
  options: optionsSource,
  client: clientSource,
  cluster: clusterSource,
}

const URL_FORM = 'a URL redis://[user:password@]host[:port][/db] or rediss://...'

function urlSource(url: unknown, name: string): ConnectionSource {
  if (typeof url !== 'string') throw new InvalidOptionError(name, url, URL_FORM)
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol) || !isDecodable(parsed)) {
    throw new InvalidOptionError(name, withoutPassword(url), URL_FORM)
  }
  // ioredis reads every option from the query too
  refusePrefix(Object.fromEntries(parsed.searchParams), name)
  return Object.freeze({ kind: 'url', url })
}

/** ioredis decodes user and password, and throws when it cannot. */
function isDecodable(url: URL): boolean {
  try {
    decodeURIComponent(url.username)
    decodeURIComponent(url.password)
    return true
  } catch {
    return false
  }
}

function optionsSource(options: unknown, name: string): ConnectionSource {
  assertObject(options, name, 'the options of an ioredis Redis')
  refusePrefix(options, name)
  refuseReplica(options, name)
  return Object.freeze({ kind: 'options', options })
}

function clientSource(client: unknown, name: string): ConnectionSource {
  if (!isClient(client)) {
    throw new InvalidOptionError(name, shown(client), 'an instance of ioredis Redis or Cluster')
  }
  refusePrefix(client.options, name)
  refuseReplica(client.options, name)
  return Object.freeze({ kind: 'client', client })
}

function clusterSource(cluster: unknown, name: string): ConnectionSource {
  const { nodes, options = {} } = known(cluster, ['nodes', 'options'], name)
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw new InvalidOptionError(`${name}.nodes`, shown(nodes), 'an array of at least one node')
  }
  assertObject(options, `${name}.options`, 'the options of an ioredis Cluster')
  refusePrefix(options, `${name}.options`)
  refuseReplica(options, `${name}.options`)
  const inner: unknown = options['redisOptions']
  if (inner !== undefined) {
    assertObject(inner, `${name}.options.redisOptions`, 'the options of an ioredis Redis')
    refusePrefix(inner, `${name}.options.redisOptions`)
  }
  return Object.freeze({
    kind: 'cluster',
    nodes: Object.freeze([...(nodes as ClusterNode[])]),
    options,
  })
}

/** Keys are part of the contract between processes, and of the hash slots; a prefix would change both behind our back. */
function refusePrefix(options: object, name: string): void {
  const prefix: unknown = (options as Options)['keyPrefix']
  if (prefix !== undefined && prefix !== null && prefix !== '') {
    throw new InvalidOptionError(
      `${name}.keyPrefix`,
      shown(prefix),
      "no prefix: set 'namespace' instead",
    )
  }
}

/** A replica answers with what was true a moment ago: no promise about an invalidation holds on it. */
function refuseReplica(options: object, name: string): void {
  const { scaleReads, readOnly, role } = options as Options
  if (scaleReads !== undefined && scaleReads !== 'master') {
    throw new InvalidOptionError(`${name}.scaleReads`, shown(scaleReads), "'master'")
  }
  if (readOnly === true) throw new InvalidOptionError(`${name}.readOnly`, readOnly, 'false')
  if (role === 'slave') throw new InvalidOptionError(`${name}.role`, role, "'master'")
}

function isClient(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false
  const { status, options, mgetBuffer, pipeline, on } = value as Options
  return (
    typeof status === 'string' &&
    typeof options === 'object' &&
    [mgetBuffer, pipeline, on].every((method) => typeof method === 'function')
  )
}

/** Like `knownOptions`, but a mistyped name's value is not shown: it may hold a password. */
function known(options: unknown, names: readonly string[], prefix: string): Options {
  assertObject(options, prefix, 'an object, a URL or an ioredis client')
  const unknown = Object.keys(options).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const elsewhere =
      prefix === 'redis' ? '; those of ioredis, such as host, go into redis.options' : ''
    const hint = didYouMean(unknown, names) || elsewhere
    const allowed = `no option of this name; known: ${names.join(', ')}${hint}`
    throw new InvalidOptionError(`${prefix}.${unknown}`, shown(options[unknown]), allowed)
  }
  return options
}

function given(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function assertObject(value: unknown, name: string, allowed: string): asserts value is Options {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidOptionError(name, shown(value), allowed)
  }
}

/** What an error may show of a value that may hold a password. */
function shown(value: unknown): unknown {
  return typeof value === 'string' ? withoutPassword(value) : value
}

function withoutPassword(url: string): string {
  return url.replace(/^([^/]*\/\/)?.*@/s, '$1***@').replace(/\?.*$/s, '?***')
}
