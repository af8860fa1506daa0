import type { RedisSource } from '../create-cache.js'
import type { Duration } from '../entry/duration.js'
import type { ByteSize } from '../entry/option.js'
import type { OriginOptions } from '../proxy/origin-options.js'
import type { Scope } from './access.js'
import type { OriginRules } from './origin-rules.js'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** What `createService` takes, and, but for `log`, what a configuration file may say. Defaults: `SERVICE_DEFAULTS`. */
export interface ServiceOptions {
  /** Where the data API listens. Default `'127.0.0.1'`. */
  readonly host?: string | undefined
  /** Default 7450; 0 = a free one. */
  readonly port?: number | undefined
  /** Where metrics, the dashboard and the data API once more listen. Default `'127.0.0.1'`. */
  readonly adminHost?: string | undefined
  /** Default 7451; 0 = a free one. */
  readonly adminPort?: number | undefined
  /** The tier that services and programs share. Absent = memory only. */
  readonly redis?: RedisSource | undefined
  /** Of the cache: namespace `a` of the API is `<namespace>.a` of the library. Default `'strata'`. */
  readonly namespace?: string | undefined
  /** Who may do what: a file of JSON, or what would be in it. Absent: whoever reaches the port may do everything. */
  readonly tokens?: string | readonly TokenOptions[] | undefined
  /** Bytes of a value. Default 4mb, 1kb .. 64mb. */
  readonly maxValue?: ByteSize | undefined
  /** UTF-8 bytes of a key. Default 1,024, 1 .. 65,536. */
  readonly maxKey?: number | undefined
  /** Keys or entries of a batch. Default 500, 1 .. 10,000. */
  readonly maxBatch?: number | undefined
  /** What is put without a lifetime of its own is fresh for this long. Default 5m. */
  readonly ttl?: Duration | undefined
  /** And stale, for clients that ask with a lease, for this long after that. Default 0. */
  readonly grace?: Duration | undefined
  /** Of each namespace that is not named below. Default: none. */
  readonly quota?: Pick<QuotaOptions, 'bytes' | 'entries'> | undefined
  readonly memory?: ServiceMemory | undefined
  /** Bytes of answers that the listener in Rust keeps. Default 64mb or, where that is less, an eighth of the memory there is. */
  readonly responseBytes?: ByteSize | undefined
  /** The listener in Rust: `'auto'` (default) if there is one, `true` = or fail, `false` = that of node:http. */
  readonly native?: boolean | 'auto' | undefined
  /** Names the service answers to. Default: any; of this machine only, where it listens there and there are no tokens. */
  readonly hosts?: readonly string[] | undefined
  /** Listen for other machines without tokens. Default false. */
  readonly allowPublic?: boolean | undefined
  /** Namespaces in use at once. Default 1,000. */
  readonly maxNamespaces?: number | undefined
  /** Whether there are namespaces beside those that are named. Default true. */
  readonly otherNamespaces?: boolean | undefined
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>> | undefined
  /**
   * A server, `'http://127.0.0.1:8080'`, before which the data listener is a caching proxy. The data API is on the admin
   * listener alone then, and the responses are in the namespace `http`.
   */
  readonly origin?: string | undefined
  /** With `origin`: how it is asked. */
  readonly proxy?: OriginOptions | undefined
  /** With `origin`: patterns of paths, and how their answers are cached. */
  readonly rules?: OriginRules | undefined
  /** Default `'info'`. */
  readonly logLevel?: LogLevel | undefined
  readonly limits?: ServiceLimits | undefined
  readonly timeouts?: ServiceTimeouts | undefined
}

export interface TokenOptions {
  /** 16 or more visible characters of ASCII. */
  readonly token: string
  readonly scopes: readonly Scope[]
  /** Absent or empty: all. */
  readonly namespaces?: readonly string[] | undefined
}

export interface NamespaceOptions {
  /** Default: that of the service. */
  readonly ttl?: Duration | undefined
  /** Default: that of the service. */
  readonly grace?: Duration | undefined
  readonly quota?: QuotaOptions | undefined
}

/** Bounds of a namespace, for what is written by this process. */
export interface QuotaOptions {
  readonly bytes?: ByteSize | undefined
  readonly entries?: number | undefined
  /** Bytes of a value. */
  readonly maxValue?: ByteSize | undefined
  /** UTF-8 bytes of a key. */
  readonly maxKey?: number | undefined
}

export interface ServiceMemory {
  /** Default 100,000. */
  readonly maxEntries?: number | undefined
  /** Default 256mb or, where that is less, a quarter of the memory there is. */
  readonly maxBytes?: ByteSize | undefined
}

/** Of both listeners, as `createServer` has them. */
export interface ServiceLimits {
  readonly headerBytes?: ByteSize | undefined
  readonly headerFields?: number | undefined
  readonly connections?: number | undefined
}

/** Of both listeners, as `createServer` has them; and `close`, for requests that run when the service is stopped. */
export interface ServiceTimeouts {
  readonly header?: Duration | undefined
  readonly idle?: Duration | undefined
  readonly request?: Duration | undefined
  readonly body?: Duration | undefined
  readonly write?: Duration | undefined
  readonly handler?: Duration | undefined
  readonly close?: Duration | undefined
}
