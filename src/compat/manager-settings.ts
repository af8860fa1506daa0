import { randomUUID } from 'node:crypto'
import { LONGEST, parseDuration } from '../entry/duration.js'
import { given, knownOptions } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'

export interface ManagerSettings {
  /** Milliseconds; undefined = that of the cache. */
  readonly ttl: number | undefined
  readonly refreshThreshold: Threshold | undefined
  readonly cacheId: string
}

/** Milliseconds, or a function of the value. */
export type Threshold = number | ((value: unknown) => number)

export function parseManager(options: unknown): ManagerSettings {
  const { ttl, refreshThreshold, cacheId } = knownOptions(options, [
    'ttl',
    'refreshThreshold',
    'cacheId',
  ])
  return {
    ttl: ttl === undefined ? undefined : parseCapped(ttl, 'ttl'),
    refreshThreshold: parseThreshold(refreshThreshold),
    cacheId: parseId(given(cacheId, randomUUID())),
  }
}

export function parseThreshold(value: unknown): Threshold | undefined {
  if (value === undefined || typeof value === 'function') return value as Threshold | undefined
  return parseCapped(value, 'refreshThreshold')
}

/** Longer than a year is a year, as with the ttl of each call. */
function parseCapped(value: unknown, name: string): number {
  return parseDuration(typeof value === 'number' && value > LONGEST ? LONGEST : value, name)
}

function parseId(value: unknown): string {
  if (typeof value === 'string') return value
  throw new InvalidOptionError('cacheId', value, 'a string')
}
