import { Cache } from '../cache/cache.js'
import type { Logger } from '../cache/options.js'
import { parseDuration } from '../entry/duration.js'
import { given, knownOptions, parseBytes, parseCount, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { OriginOptions } from '../proxy/origin-options.js'
import { type OriginSettings, parseOriginSettings } from '../proxy/origin-settings.js'
import { authorityOf } from './authority.js'
import { SERVER_DEFAULTS } from './defaults.js'
import type { FetchHandler, ServerOptions } from './options.js'

export interface Limits {
  readonly headerBytes: number
  readonly headerFields: number
  readonly bodyBytes: number
  readonly connections: number
  readonly responseBytes: number
}

/** Milliseconds. */
export interface Timeouts {
  readonly header: number
  readonly idle: number
  readonly request: number
  readonly body: number
  readonly write: number
  /** Infinity = never. */
  readonly handler: number
}

/** All options of a server, resolved once, complete and frozen. */
export interface ServerSettings {
  readonly cache: Cache | undefined
  readonly port: number
  readonly host: string
  readonly native: boolean | 'auto'
  readonly hosts: ReadonlySet<string> | undefined
  readonly redirectTrailingSlash: boolean
  readonly serverTiming: boolean
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly logger: Logger | false | undefined
  readonly fetch: FetchHandler | undefined
  readonly origin: OriginSettings | undefined
  readonly rules: ReadonlyMap<string, unknown>
}

const NAMES = [
  'cache',
  'port',
  'host',
  'native',
  'hosts',
  'redirectTrailingSlash',
  'serverTiming',
  'limits',
  'timeouts',
  'logger',
  'fetch',
  'origin',
  'proxy',
  'rules',
]
const LIMIT_NAMES = ['headerBytes', 'headerFields', 'bodyBytes', 'connections', 'responseBytes']
const TIMEOUT_NAMES = ['header', 'idle', 'request', 'body', 'write', 'handler']

const MEGABYTE = 2 ** 20
const GIGABYTE = 2 ** 30
const SECOND = 1_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Throws `InvalidOptionError` for the first option that is wrong. */
export function parseServerSettings(options: ServerOptions): ServerSettings {
  const said = knownOptions(options, NAMES)
  const fetch = parseFetch(said['fetch'])
  const origin = parseOrigin(said, fetch)
  return Object.freeze({
    cache: parseCache(said['cache']),
    port: parseCount(given(said['port'], SERVER_DEFAULTS.port), 'port', 0, 65_535),
    host: parseHost(given(said['host'], SERVER_DEFAULTS.host)),
    native: parseNative(given(said['native'], SERVER_DEFAULTS.native)),
    hosts: said['hosts'] === undefined ? undefined : parseHosts(said['hosts']),
    redirectTrailingSlash: flag(said, 'redirectTrailingSlash'),
    serverTiming: flag(said, 'serverTiming'),
    limits: parseLimits(given(said['limits'], {})),
    timeouts: parseTimeouts(given(said['timeouts'], {})),
    logger: parseLogger(said['logger']),
    fetch,
    origin,
    rules: parseRules(said['rules'], fetch !== undefined || origin !== undefined),
  })
}

function flag(
  said: Readonly<Record<string, unknown>>,
  name: 'redirectTrailingSlash' | 'serverTiming',
): boolean {
  return parseFlag(given(said[name], SERVER_DEFAULTS[name]), name)
}

function parseLimits(value: unknown): Limits {
  const said = knownOptions(value, LIMIT_NAMES, 'limits')
  const of = (name: keyof Limits): unknown => given(said[name], SERVER_DEFAULTS[`limits.${name}`])
  return Object.freeze({
    headerBytes: parseBytes(of('headerBytes'), 'limits.headerBytes', 1_024, 65_536),
    headerFields: parseCount(of('headerFields'), 'limits.headerFields', 1, 1_000),
    bodyBytes: parseBytes(of('bodyBytes'), 'limits.bodyBytes', 0, 2 * GIGABYTE),
    connections: parseCount(of('connections'), 'limits.connections', 1, 1_000_000),
    responseBytes: parseBytes(of('responseBytes'), 'limits.responseBytes', MEGABYTE, 64 * GIGABYTE),
  })
}

function parseTimeouts(value: unknown): Timeouts {
  const said = knownOptions(value, TIMEOUT_NAMES, 'timeouts')
  const ms = (name: keyof Timeouts, min: number, max: number): number =>
    parseDuration(given(said[name], SERVER_DEFAULTS[`timeouts.${name}`]), `timeouts.${name}`, {
      min,
      max,
    })
  const header = ms('header', 100, 600 * SECOND)
  return Object.freeze({
    header,
    idle: ms('idle', 0, HOUR),
    request: ms('request', Math.min(header, DAY), DAY),
    body: ms('body', 100, HOUR),
    write: ms('write', 100, HOUR),
    handler: said['handler'] === false ? Infinity : ms('handler', 10, DAY),
  })
}

function parseCache(value: unknown): Cache | undefined {
  if (value === undefined || value instanceof Cache) return value
  throw new InvalidOptionError('cache', value, 'a cache made by createCache')
}

function parseHost(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:%~-]{1,255}$/.test(value)) return value
  throw new InvalidOptionError('host', value, 'a name or an address of this machine')
}

function parseNative(value: unknown): boolean | 'auto' {
  if (value === 'auto' || typeof value === 'boolean') return value
  throw new InvalidOptionError('native', value, "true, false, 'auto'")
}

function parseHosts(value: unknown): ReadonlySet<string> {
  const hosts = Array.isArray(value) ? value.map(parseAuthority) : []
  if (hosts.length > 0) return new Set(hosts)
  throw new InvalidOptionError('hosts', value, 'a list of host names, with or without a port')
}

function parseAuthority(value: unknown): string {
  const authority = typeof value === 'string' ? authorityOf(value, 'http') : undefined
  if (authority !== undefined) return authority
  throw new InvalidOptionError('hosts', value, 'a list of host names, with or without a port')
}

function parseLogger(value: unknown): Logger | false | undefined {
  if (value === undefined || value === false) return value
  const { info, warn } = (value ?? {}) as Partial<Logger>
  if (typeof info === 'function' && typeof warn === 'function') return value as Logger
  throw new InvalidOptionError('logger', value, "false, or an object like pino's (info, warn)")
}

function parseFetch(value: unknown): FetchHandler | undefined {
  if (value === undefined || typeof value === 'function') return value as FetchHandler | undefined
  throw new InvalidOptionError('fetch', value, 'a function from Request to Response')
}

function parseOrigin(
  { origin, proxy }: Readonly<Record<string, unknown>>,
  fetch: FetchHandler | undefined,
): OriginSettings | undefined {
  if (origin === undefined) {
    if (proxy === undefined) return undefined
    throw new InvalidOptionError('proxy', proxy, 'nothing without origin')
  }
  if (fetch !== undefined) throw new InvalidOptionError('origin', origin, 'nothing beside fetch')
  return parseOriginSettings(origin, given(proxy, {}) as OriginOptions, 'proxy')
}

function parseRules(value: unknown, isAllowed: boolean): ReadonlyMap<string, unknown> {
  if (value === undefined) return new Map()
  if (!isAllowed) throw new InvalidOptionError('rules', value, 'nothing without fetch or origin')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidOptionError('rules', value, 'an object: patterns and how they are cached')
  }
  return new Map(Object.entries(value))
}
