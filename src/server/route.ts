import { parseDuration } from '../entry/duration.js'
import { given, knownOptions, parseBytes, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Handler, RouteCacheOption, RouteOptions } from './options.js'
import type { Pattern } from './pattern.js'

/** A route as it was registered. */
export interface Route {
  readonly method: string
  readonly pattern: Pattern
  readonly handler: Handler
  /** How its answers are cached; undefined: not. */
  readonly cache: RouteCacheOption | undefined
  /** undefined: as the server's. */
  readonly bodyBytes: number | undefined
  /** Milliseconds; undefined: as the server's, Infinity: never. */
  readonly timeout: number | undefined
  readonly invalidates: boolean
  readonly replace: boolean
}

const NAMES = ['cache', 'bodyBytes', 'timeout', 'invalidates', 'replace']

/** Throws `InvalidOptionError`. */
export function routeOf(
  method: string,
  pattern: Pattern,
  options: RouteOptions,
  handler: Handler,
): Route {
  if (typeof handler !== 'function') {
    throw new InvalidOptionError('handler', handler, 'a function of the context')
  }
  const said = knownOptions(options, NAMES)
  const { bodyBytes, timeout } = said
  return {
    method,
    pattern,
    handler,
    cache: parseCache(said['cache']),
    bodyBytes: bodyBytes === undefined ? undefined : parseBytes(bodyBytes, 'bodyBytes', 0, 2 ** 31),
    timeout: parseTimeout(timeout),
    invalidates: parseFlag(given(said['invalidates'], true), 'invalidates'),
    replace: parseFlag(given(said['replace'], false), 'replace'),
  }
}

function parseTimeout(value: unknown): number | undefined {
  if (value === false) return Infinity
  return value === undefined
    ? undefined
    : parseDuration(value, 'timeout', { min: 10, max: 86_400_000 })
}

function parseCache(value: unknown): RouteCacheOption | undefined {
  if (value === undefined || value === true) return value
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as RouteCacheOption
  }
  throw new InvalidOptionError('cache', value, 'true, or an object that says how')
}
