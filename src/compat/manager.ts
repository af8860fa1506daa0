import type { EventEmitter } from 'node:events'
import type { Duration } from '../entry/duration.js'

export interface CacheManagerOptions {
  /** The ttl of what is stored without one. Default: that of the cache. */
  readonly ttl?: Duration | undefined
  /** `wrap` brings a value up to date behind its caller when less than this is left of its ttl. Default: it does not. */
  readonly refreshThreshold?: RefreshThreshold<unknown> | undefined
  /** What `cacheId()` says. Default: random. */
  readonly cacheId?: string | undefined
}

/** A duration, or a function of the value that gives milliseconds. */
export type RefreshThreshold<T> = Duration | ((value: T) => number)

export interface WrapOptions<T> {
  readonly ttl?: Duration | ((value: T) => number) | undefined
  readonly refreshThreshold?: RefreshThreshold<T> | undefined
}

/** A value with when it ends, in milliseconds since 1970. */
export interface RawValue<T> {
  value?: T
  expires?: number | undefined
}

export interface ManagedEntry<T> {
  key: string
  value: T
  /** Milliseconds. */
  ttl?: number
}

/** What listeners are given. `error`: the call rejects with it too, except for `refresh`, which nobody waits for. */
export interface CacheManagerEvents {
  /** Only when a value was found. */
  get: <T>(data: { key: string; value?: T; error?: unknown }) => void
  mget: <T>(data: {
    keys: string[]
    value?: T[]
    values?: (T | undefined)[]
    error?: unknown
  }) => void
  set: <T>(data: { key: string; value: T; error?: unknown }) => void
  mset: <T>(data: { list: ManagedEntry<T>[]; error?: unknown }) => void
  del: (data: { key: string; error?: unknown }) => void
  clear: (error?: unknown) => void
  /** A value was brought up to date by `wrap`, or with `error` could not be. */
  refresh: <T>(data: { key: string; value: T; error?: unknown }) => void
}

/** The cache-manager 7 API over a cache. Its methods need no `this`. */
export interface CacheManager {
  readonly get: <T>(key: string) => Promise<T | undefined>
  readonly mget: <T>(keys: string[]) => Promise<(T | undefined)[]>
  /** When the value ends, in milliseconds since 1970. */
  readonly ttl: (key: string) => Promise<number | undefined>
  /** `undefined` removes what is there. */
  readonly set: <T>(key: string, value: T, ttl?: number) => Promise<T>
  readonly mset: <T>(list: ManagedEntry<T>[]) => Promise<ManagedEntry<T>[]>
  readonly del: (key: string) => Promise<boolean>
  readonly mdel: (keys: string[]) => Promise<boolean>
  /** The namespace of the cache. */
  readonly clear: () => Promise<boolean>
  /** The value that is there, or that of `load`: one load, however many callers and processes ask. */
  readonly wrap: Wrap
  readonly on: <E extends keyof CacheManagerEvents>(
    event: E,
    listener: CacheManagerEvents[E],
  ) => EventEmitter
  readonly off: <E extends keyof CacheManagerEvents>(
    event: E,
    listener: CacheManagerEvents[E],
  ) => EventEmitter
  /** Closes the cache, unless it is a child namespace. */
  readonly disconnect: () => Promise<undefined>
  readonly cacheId: () => string
  /** None: there is no Keyv below. */
  stores: never[]
}

export interface Wrap {
  <T>(
    key: string,
    load: () => T | Promise<T>,
    ttl?: Duration | ((value: T) => number),
    refreshThreshold?: RefreshThreshold<T>,
  ): Promise<T>
  <T>(
    key: string,
    load: () => T | Promise<T>,
    options: WrapOptions<T> & { raw: true },
  ): Promise<RawValue<T>>
  <T>(key: string, load: () => T | Promise<T>, options: WrapOptions<T>): Promise<T>
}
