import { knownOptions, given, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Middleware, UseOptions } from './options.js'
import { parsePattern } from './pattern.js'
import { prefixOf, type Prefix } from './prefix.js'

/** A middleware as it was registered. */
export interface Use {
  readonly middleware: Middleware
  /** As it was written, with those of the mounts above. */
  readonly path: string
  readonly prefix: Prefix
  /** Answers from the cache may pass it by. */
  readonly cacheSafe: boolean
}

/** Throws `InvalidOptionError`. */
export function useOf(path: string, middleware: Middleware, options: UseOptions): Use {
  if (typeof middleware !== 'function') {
    throw new InvalidOptionError('middleware', middleware, 'a function (c, next)')
  }
  const said = knownOptions(options, ['cacheSafe'])
  return {
    middleware,
    path,
    prefix: prefixOf(parsePattern(path)),
    cacheSafe: parseFlag(given(said['cacheSafe'], false), 'cacheSafe'),
  }
}
