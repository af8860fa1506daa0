import type { DriverContext } from '../../src/checker/index.js'
import type { Duration } from '../../src/index.js'

/** What the drivers of this folder are told, by `driverOptions` or, stronger, by STRATA_CHECK_OPTIONS: JSON of the same shape. */
export interface PeerOptions {
  /** URL of Redis. Default: REDIS_URL, or the port of a plain one. */
  readonly redis: string
  /** false: without memory in the process, if the cache can do without. */
  readonly memory: boolean
  /** Of a command; Strata only. Default `'2s'`: a machine that runs all processes is busy. */
  readonly timeout: Duration
  /** For `createCache` of Strata only. */
  readonly [option: string]: unknown
}

export function optionsOf({ options }: DriverContext): PeerOptions {
  const redis = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
  const said = JSON.parse(process.env['STRATA_CHECK_OPTIONS'] ?? '{}') as object
  return { redis, memory: true, timeout: '2s', ...options, ...said }
}

/** Milliseconds: longer than any run, so that no entry leaves by itself. */
export const TTL = 86_400_000
