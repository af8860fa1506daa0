import type { DriverContext } from '../../src/checker/index.js'
import type { Duration } from '../../src/index.js'

/** What the drivers of this folder are told, by `driverOptions` or, stronger, by STRATA_CHECK_OPTIONS: JSON of the same shape. */
export interface PeerOptions {
  /** URL of Redis. Default: REDIS_URL, or the port of a plain one. */
  readonly redis: string
  /** false: without memory in the process, if the cache can do without. */
  readonly memory: boolean
}

/** What that of Strata is told. Everything else goes to `createCache`. */
export interface StrataOptions {
  /** URL, the nodes of a Cluster, or options of ioredis (`sentinels` and `name`). */
  readonly redis: string | { readonly cluster: readonly Node[] } | { readonly options: object }
  readonly memory: boolean
  /** Of a command. Default `'2s'`: a machine that runs all processes is busy. */
  readonly timeout: Duration
  readonly [option: string]: unknown
}

interface Node {
  readonly host: string
  readonly port: number
}

export function optionsOf(context: DriverContext): PeerOptions {
  const { redis, ...rest } = strataOptionsOf(context)
  if (typeof redis !== 'string') throw new TypeError('this cache is checked on one Redis only')
  return { ...rest, redis }
}

export function strataOptionsOf({ options }: DriverContext): StrataOptions {
  const redis = process.env['REDIS_URL'] || 'redis://127.0.0.1:6379'
  const said = JSON.parse(process.env['STRATA_CHECK_OPTIONS'] ?? '{}') as object
  return { redis, memory: true, timeout: '2s', ...options, ...said }
}

/** Milliseconds: longer than any run, so that no entry leaves by itself. */
export const TTL = 86_400_000
