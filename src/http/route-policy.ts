import { parseDuration, type Duration } from '../entry/duration.js'
import {
  type ByteSize,
  given,
  knownOptions,
  parseBytes,
  parseChoice,
  parseCount,
  parseFlag,
} from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { ResponseHead } from './message.js'

/** How the responses of a route are cached. `C` is what the route's functions are given (the context, or the request). */
export interface RoutePolicy<C> {
  /** How long a response is fresh. Required; 1 ms .. 365d. */
  readonly ttl: Duration
  /** How long after that it may still be served, while one request brings a new one or when that fails. Default 0. */
  readonly grace?: Duration | undefined
  /** What tells responses apart, beside host and path. */
  readonly key?: RouteKeyOptions<C> | undefined
  /** Tags by which they are invalidated; each also carries `route:<pattern>` and `url:<scheme>://<host><path>`. */
  readonly tags?: ((c: C) => readonly string[]) | undefined
  /** What the browser is told in Cache-Control, unless the handler says it. Default 'no-cache'. */
  readonly client?: 'no-cache' | 'no-store' | Duration | undefined
  /** Which are stored. Default [200]; 200 .. 599 without 206, 304, 412 and 416. */
  readonly statuses?: readonly number[] | undefined
  /** A response with Set-Cookie is not stored, or stored without it. Default 'refuse'. */
  readonly setCookie?: 'refuse' | 'strip' | undefined
  /** A request with Authorization passes by the cache, or is told apart by `key.user`. Default 'bypass'. */
  readonly authorization?: 'bypass' | 'key' | undefined
  /** A longer body goes through and is not stored. Default 2mb; 1 .. 64mb. */
  readonly maxBody?: ByteSize | undefined
  /** Also kept in gzip and brotli, and sent so to clients that take it; bodies of 1 kb and more. Default false. */
  readonly compress?: boolean | undefined
  /**
   * What a response depends on beside its tags: the keys and tags that its handler reads through `c.cache` ('context', the
   * default); all that is read of the cache below it ('async', which makes every await of the process dearer); nothing. A
   * response with dependencies is kept in this process only, and is dropped when one of them is invalidated.
   */
  readonly dependencies?: 'context' | 'async' | false | undefined
  /** Where responses are kept: as the cache says, or `'memory'`, for which Redis is never asked. */
  readonly tiers?: 'all' | 'memory' | undefined
  /** True: this response is not stored. */
  readonly unless?: ((c: C, response: ResponseHead) => boolean) | undefined
  readonly store?:
    | {
        /** Stored from so many requests on, within ten minutes. Default 1, 1 .. 100. */ readonly after?:
          number | undefined
      }
    | undefined
}

export interface RouteKeyOptions<C> {
  /** Default 'all': the query as it is. A list: these parameters only, and the handler sees no others. */
  readonly query?: 'all' | readonly string[] | undefined
  /**
   * Request fields. Of one with a list, the best of these values (by weight, `en-GB` for `en`); of one with a function, what
   * that makes of the field. The handler sees the same.
   */
  readonly headers?: readonly string[] | Readonly<Record<string, KeyedHeader>> | undefined
  /** Cookies. In the adapters of other frameworks a request with cookies passes by unless this is given (`[]`: uses none). */
  readonly cookies?: readonly string[] | undefined
  /** Whose response it is: everybody's own. */
  readonly user?: ((c: C) => string | undefined) | undefined
}

/** What of a request field is in the key: all of it, one of these values, or what a function makes of it. */
export type KeyedHeader = true | readonly string[] | ((value: string) => string | undefined)

/** A policy, complete and checked. `C` is gone: it belongs to whoever calls. */
export interface Rule {
  /** Undefined: what the response says of itself counts, and nothing else (level B). */
  readonly policy: ResolvedPolicy | undefined
  /** Pattern of the route: all its responses can be invalidated by it. Undefined: none. */
  readonly route: string | undefined
  readonly key: RuleKey
  readonly authorization: 'bypass' | 'key'
  readonly setCookie: 'refuse' | 'strip'
  /** Bytes. */
  readonly maxBody: number
  readonly compress: boolean
  readonly dependencies: 'context' | 'async' | false
  /** Undefined: as the cache. */
  readonly tiers: 'all' | 'memory' | undefined
  readonly tags: ((c: unknown) => readonly string[]) | undefined
  readonly unless: ((c: unknown, response: ResponseHead) => boolean) | undefined
  readonly storeAfter: number
}

export interface ResolvedPolicy {
  /** Milliseconds. */
  readonly ttl: number
  readonly grace: number
  readonly statuses: ReadonlySet<number>
  /** Text of Cache-Control for the browser. */
  readonly client: string
}

export interface RuleKey {
  /** Undefined: all of it. */
  readonly query: readonly string[] | undefined
  /** Lower case; what it is reduced to, `true`: as it is. */
  readonly headers: readonly (readonly [name: string, reduced: KeyedHeader])[]
  /** Undefined: not said. */
  readonly cookies: readonly string[] | undefined
  readonly user: ((c: unknown) => string | undefined) | undefined
}

export const ROUTE_POLICY_NAMES = [
  'ttl',
  'grace',
  'key',
  'tags',
  'client',
  'statuses',
  'setCookie',
  'authorization',
  'maxBody',
  'compress',
  'dependencies',
  'tiers',
  'unless',
  'store',
] as const

/** Statuses that are no answer to a plain GET of a whole. */
const NEVER: ReadonlySet<number> = new Set([206, 304, 412, 416])

export type HttpRuleOptions = Pick<RoutePolicy<never>, 'maxBody' | 'compress'>

/** What a route without a policy of its own is cached by: what its responses say of themselves, and nothing else. */
export function httpRule(
  route: string | undefined,
  { maxBody = '2mb', compress = false }: HttpRuleOptions = {},
): Rule {
  return Object.freeze({
    policy: undefined,
    route,
    key: EVERYTHING,
    authorization: 'key',
    setCookie: 'refuse',
    maxBody: parseBytes(maxBody, 'maxBody', 1, MOST_BODY),
    compress: parseFlag(compress, 'compress'),
    dependencies: 'context',
    tiers: undefined,
    tags: undefined,
    unless: undefined,
    storeAfter: 1,
  })
}

/** Throws `InvalidOptionError`. `where` begins the names of options in it. */
export function parseRoutePolicy<C>(
  options: RoutePolicy<C>,
  route: string | undefined,
  where = 'cache',
): Rule {
  const said = knownOptions(options, ROUTE_POLICY_NAMES, where)
  const at = (name: (typeof ROUTE_POLICY_NAMES)[number]): string => `${where}.${name}`
  const ttl = parseDuration(said['ttl'], at('ttl'), { min: 1 })
  const grace = parseDuration(given(said['grace'], 0), at('grace'))
  const key = parseKey(given(said['key'], {}), at('key'))
  const authorization = parseChoice(given(said['authorization'], 'bypass'), at('authorization'), [
    'bypass',
    'key',
  ])
  if (authorization === 'key' && key.user === undefined) {
    throw new InvalidOptionError(
      at('authorization'),
      'key',
      "'key' only beside key.user: (c) => id",
    )
  }
  const store = knownOptions(given(said['store'], {}), ['after'], at('store'))
  return Object.freeze({
    policy: Object.freeze({
      ttl,
      grace,
      statuses: parseStatuses(given(said['statuses'], [200]), at('statuses')),
      client: parseClient(given(said['client'], 'no-cache'), at('client')),
    }),
    route,
    key,
    authorization,
    setCookie: parseChoice(given(said['setCookie'], 'refuse'), at('setCookie'), [
      'refuse',
      'strip',
    ]),
    maxBody: parseBytes(given(said['maxBody'], '2mb'), at('maxBody'), 1, MOST_BODY),
    compress: parseFlag(given(said['compress'], false), at('compress')),
    dependencies: parseDependencies(given(said['dependencies'], 'context'), at('dependencies')),
    tiers:
      said['tiers'] === undefined
        ? undefined
        : parseChoice(said['tiers'], at('tiers'), ['all', 'memory']),
    tags: parseFunction<Rule['tags']>(said['tags'], at('tags')),
    unless: parseFunction<Rule['unless']>(said['unless'], at('unless')),
    storeAfter: parseCount(given(store['after'], 1), `${at('store')}.after`, 1, 100),
  })
}

const MOST_BODY = 64 * 2 ** 20

const EVERYTHING: RuleKey = Object.freeze({
  query: undefined,
  headers: Object.freeze([]),
  cookies: undefined,
  user: undefined,
})

function parseKey(value: unknown, where: string): RuleKey {
  const said = knownOptions(value, ['query', 'headers', 'cookies', 'user'], where)
  const query = given(said['query'], 'all')
  return Object.freeze({
    query:
      query === 'all'
        ? undefined
        : parseNames(query, `${where}.query`, "'all' or names of parameters"),
    headers: parseHeaders(given(said['headers'], []), `${where}.headers`),
    cookies:
      said['cookies'] === undefined
        ? undefined
        : parseNames(said['cookies'], `${where}.cookies`, 'names of cookies'),
    user: parseFunction<RuleKey['user']>(said['user'], `${where}.user`),
  })
}

function parseHeaders(value: unknown, option: string): RuleKey['headers'] {
  const allowed =
    'names of request fields, or an object of names with true, the values told apart, or a function'
  const given = Array.isArray(value)
    ? parseNames(value, option, allowed).map((name) => [name, true] as const)
    : Object.entries(knownOptions(value, Object.keys(Object(value) as object), option))
  const headers = given.map(([name, values]): RuleKey['headers'][number] => {
    if (!TOKEN.test(name)) throw new InvalidOptionError(option, name, allowed)
    if (UNKEYABLE.has(name.toLowerCase())) {
      throw new InvalidOptionError(
        option,
        name,
        `no field of the key: ${[...UNKEYABLE].join(', ')}`,
      )
    }
    if (values === true || typeof values === 'function')
      return [name.toLowerCase(), values as KeyedHeader]
    const shape = 'true, values, or a function'
    return [name.toLowerCase(), parseNames(values, `${option}.${name}`, shape)]
  })
  return Object.freeze(headers.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** They are in the key in another way, or differ for everybody. */
const UNKEYABLE: ReadonlySet<string> = new Set([
  'host',
  'cookie',
  'authorization',
  'range',
  'connection',
])

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,64}$/

function parseNames(value: unknown, option: string, allowed: string): readonly string[] {
  const names: unknown = value
  if (!Array.isArray(names) || names.length > 32 || !names.every(isName)) {
    throw new InvalidOptionError(option, value, `${allowed}, at most 32`)
  }
  return Object.freeze([...new Set(names)])
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 256
}

function parseStatuses(value: unknown, option: string): ReadonlySet<number> {
  const isStatus = (one: unknown): one is number =>
    typeof one === 'number' && Number.isInteger(one) && one >= 200 && one <= 599 && !NEVER.has(one)
  if (!Array.isArray(value) || value.length === 0 || !value.every(isStatus)) {
    throw new InvalidOptionError(option, value, 'statuses 200 .. 599 without 206, 304, 412 and 416')
  }
  return new Set(value)
}

function parseDependencies(value: unknown, option: string): Rule['dependencies'] {
  if (value === 'context' || value === 'async' || value === false) return value
  throw new InvalidOptionError(option, value, "'context', 'async', false")
}

function parseClient(value: unknown, option: string): string {
  if (value === 'no-cache' || value === 'no-store') return value
  return `max-age=${Math.floor(parseDuration(value, option) / 1_000)}`
}

function parseFunction<F>(value: unknown, option: string): F {
  if (value === undefined || typeof value === 'function') return value as F
  throw new InvalidOptionError(option, value, 'a function')
}
