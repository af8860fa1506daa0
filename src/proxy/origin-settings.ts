import { randomBytes } from 'node:crypto'
import { parseDuration } from '../entry/duration.js'
import { given, knownOptions, parseBytes, parseCount, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import { isToken } from '../http/field-list.js'
import { ORIGIN_DEFAULTS } from './defaults.js'
import type { OriginOptions, OriginTls } from './origin-options.js'
import { parseOriginUrl } from './origin-url.js'
import { parseTrust, type Trust } from './trust.js'

/** All options of an origin, resolved once, complete and frozen. */
export interface OriginSettings {
  readonly url: URL
  readonly preserveHost: boolean
  readonly trusts: Trust
  readonly name: string
  readonly connections: number
  readonly waiting: number
  readonly headerBytes: number
  /** Whole milliseconds. */
  readonly timeouts: Readonly<Record<'connect' | 'headers' | 'body' | 'idle', number>>
  readonly tls: OriginTls
}

const NAMES: readonly (keyof OriginOptions)[] = [
  'preserveHost',
  'trust',
  'name',
  'connections',
  'waiting',
  'headerBytes',
  'timeouts',
  'tls',
]

const DAY = 86_400_000

/** Throws `InvalidOptionError`. `where` begins the names of options in it; the URL is `origin`. */
export function parseOriginSettings(
  url: unknown,
  options: OriginOptions,
  where = '',
): OriginSettings {
  const said = knownOptions(options, NAMES, where)
  const at = (name: string): string => (where === '' ? name : `${where}.${name}`)
  const of = (name: 'preserveHost' | 'trust' | 'connections' | 'waiting' | 'headerBytes') =>
    given(said[name], ORIGIN_DEFAULTS[name])
  const parsed = parseOriginUrl(url)
  return Object.freeze({
    url: parsed,
    preserveHost: parseFlag(of('preserveHost'), at('preserveHost')),
    trusts: parseTrust(of('trust'), at('trust')),
    name: parseName(given(said['name'], ownName()), at('name')),
    connections: parseCount(of('connections'), at('connections'), 1, 65_535),
    waiting: parseCount(of('waiting'), at('waiting'), 1, 1_000_000),
    headerBytes: parseBytes(of('headerBytes'), at('headerBytes'), 1_024, 2 ** 20),
    timeouts: parseTimeouts(given(said['timeouts'], {}), at('timeouts')),
    tls: parseTls(said['tls'], parsed, at('tls')),
  })
}

/** Unlike that of every other proxy, or a chain of two would look like a loop. */
function ownName(): string {
  return `strata-${randomBytes(6).toString('hex')}`
}

function parseName(value: unknown, option: string): string {
  if (typeof value === 'string' && value.length <= 64 && isToken(value)) return value
  throw new InvalidOptionError(option, value, 'a token of at most 64 characters')
}

function parseTimeouts(value: unknown, where: string): OriginSettings['timeouts'] {
  const said = knownOptions(value, ['connect', 'headers', 'body', 'idle'], where)
  const ms = (name: keyof OriginSettings['timeouts'], min: number, max: number): number => {
    const duration = given(said[name], ORIGIN_DEFAULTS[`timeouts.${name}`])
    return Math.ceil(parseDuration(duration, `${where}.${name}`, { min, max }))
  }
  return Object.freeze({
    connect: ms('connect', 10, 600_000),
    headers: ms('headers', 10, DAY),
    body: ms('body', 10, DAY),
    idle: ms('idle', 1, 600_000),
  })
}

const TLS_NAMES: readonly (keyof OriginTls)[] = [
  'ca',
  'cert',
  'key',
  'passphrase',
  'servername',
  'rejectUnauthorized',
  'minVersion',
]

/** What they hold is for node:tls to judge, when it connects. */
function parseTls(value: unknown, { protocol }: URL, where: string): OriginTls {
  if (value === undefined) return {}
  const said = knownOptions(value, TLS_NAMES, where)
  if (protocol !== 'https:') {
    throw new InvalidOptionError(where, value, 'nothing with an origin that is not https')
  }
  return Object.freeze({ ...said })
}
