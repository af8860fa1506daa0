import type { Duration } from '../entry/duration.js'
import { assertKey } from '../entry/key.js'
import { given, knownOptions, parseFlag } from '../entry/option.js'
import { assertTag } from '../entry/tag.js'
import { InvalidOptionError } from '../errors.js'
import type { ManyLoader } from './batch.js'
import {
  parseDefinition,
  type Definition,
  type NegativeDefinition,
  type SingleDefinition,
} from './define.js'
import { assertOpen, defined, type Defined } from './defined.js'
import type { Engine, Space } from './engine.js'
import { hit } from './hit.js'
import { inspect } from './inspect.js'
import type { Inspection } from './inspection.js'
import { invalidate } from './invalidate.js'
import type { WriteResult } from './write-result.js'
import type { Call } from './lookup.js'
import { assertLoader, getMany } from './many.js'
import { memo, type MemoOptions } from './memo.js'
import { monitor } from './monitor.js'
import { type Monitor, type MonitorOptions, parseMonitor } from './monitor-options.js'
import type { GetOptions, Loader, PolicyOptions, SetOptions } from './options.js'
import type { Reading } from './outcome.js'
import { peek } from './peek.js'
import { read, readingOf } from './read.js'
import { set } from './set.js'
import {
  CALL_NAMES,
  parseCall,
  parsePolicy,
  POLICY_NAMES,
  SET_NAMES,
  suspiciousDurations,
  type Policy,
} from './policy.js'
import { parseNamespace } from './settings.js'
import { statsOf, type CacheStats } from './stats.js'
import type { CacheEvents } from './voice.js'
import { warm, type WarmOptions, type WarmProgress } from './warm.js'

export interface GetManyOptions<Id, V> extends GetOptions {
  readonly key: (id: Id) => string
  /** Called with the ids that no tier has, at most `maxBatch` at once. */
  readonly load?: ManyLoader<Id, V> | undefined
  /** With rows from `load`: the id of a row. */
  readonly by?: ((row: V) => Id) | undefined
  /** Store ids that `load` had nothing for, as null. Default false. */
  readonly negative?: boolean | undefined
}

export interface SetEntry extends SetOptions {
  readonly key: string
  readonly value: unknown
}

export type Readiness = {
  readonly redis: 'ready' | 'unavailable' | 'none'
  /** Why it is unavailable. */
  readonly reason?: string
}

/** @internal What a cache is made of, for what stands on it within this package. */
export interface Inside {
  readonly engine: Engine
  readonly space: Space
  readonly policy: Policy
}

/** @internal */
export let insideOf: (cache: Cache) => Inside

/** A cache of one namespace: memory, then Redis, then the loader. Made by `createCache`. */
export class Cache {
  static {
    insideOf = (cache) => ({ engine: cache.#engine, space: cache.#space, policy: cache.#policy })
  }

  readonly #engine: Engine
  readonly #space: Space
  readonly #policy: Policy

  /** @internal */
  constructor(engine: Engine, space: Space, policy: Policy) {
    this.#engine = engine
    this.#space = space
    this.#policy = policy
  }

  /**
   * The value of the key. With a loader, a miss runs it (once, however many callers wait) and stores what it returns.
   * Rejects with the loader's own error, or with `InvalidKeyError`, `InvalidOptionError`, `LoadTimeoutError`,
   * `OverloadedError`; with `ClosedError` when closed and without a loader.
   */
  get<T>(key: string): Promise<T | undefined>
  get<T>(key: string, load: Loader<T>, options?: GetOptions | Duration): Promise<T>
  get(key: string, load?: Loader<unknown>, options?: GetOptions | Duration): Promise<unknown> {
    if (typeof options !== 'object' || options?.force !== true) {
      const held = hit(this.#space, key)
      if (held !== undefined) return held
    }
    return this.#value(key, load, options)
  }

  /** As `get`, with what became of the read. */
  read<T>(key: string): Promise<Reading<T | undefined>>
  read<T>(key: string, load: Loader<T>, options?: GetOptions | Duration): Promise<Reading<T>>
  async read(
    key: string,
    load?: Loader<unknown>,
    options?: GetOptions | Duration,
  ): Promise<Reading<unknown>> {
    return readingOf(this.#space, await read(this.#space, this.#call(key, load, options)))
  }

  /** From memory, fresh, synchronously; does not count as a read or a use. */
  peek<T>(key: string): T | undefined {
    return peek(this.#space, key) as T | undefined
  }

  /** Whether `get(key)` would find a value. `null` is one. */
  async has(key: string): Promise<boolean> {
    const reading = await read(this.#space, this.#call(key, undefined, undefined))
    return reading.outcome === 'hit'
  }

  /** The values of many ids, in their order; ids without a value are absent. One look into Redis, one load. */
  async getMany<Id, V>(ids: Iterable<Id>, options: GetManyOptions<Id, V>): Promise<Map<Id, V>> {
    const said = knownOptions(options, MANY_NAMES)
    this.#hint(said)
    const { key, load, by } = options
    if (typeof key !== 'function') throw new InvalidOptionError('key', key, 'a function of the id')
    assertLoader(load, 'load')
    assertLoader(by, 'by')
    const { settings } = this.#engine
    if (load === undefined) assertOpen(this.#space)
    return await getMany(this.#space, ids, {
      keyOf: key,
      load,
      by,
      negative: parseFlag(given(said['negative'], false), 'negative'),
      maxBatch: settings.maxBatch,
      policy: parsePolicy(said, this.#policy, settings.limits),
      accept: undefined,
    })
  }

  /** Stores a value. Rejects with `InvalidValueError` for undefined, `CodecError` for what cannot be stored. */
  async set(key: string, value: unknown, options?: SetOptions | Duration): Promise<WriteResult> {
    this.#checked(key)
    this.#hint(options)
    const policy =
      typeof options === 'object'
        ? parsePolicy(knownOptions(options, SET_NAMES), this.#policy, this.#engine.settings.limits)
        : parseCall(options, this.#policy, this.#engine.settings.limits)
    return await set(this.#space, key, value, policy)
  }

  /** Stores several values; rejects if one cannot be, after all others were. */
  async setMany(entries: Iterable<SetEntry>): Promise<WriteResult> {
    assertOpen(this.#space)
    const results = await Promise.allSettled(
      Array.from(
        entries,
        async ({ key, value, ...options }) => await this.set(key, value, options),
      ),
    )
    let result: WriteResult = 'applied'
    for (const one of results) {
      if (one.status === 'rejected') throw one.reason
      if (one.value === 'queued') result = 'queued'
    }
    return result
  }

  async delete(key: string): Promise<WriteResult> {
    return await this.deleteMany([key])
  }

  async deleteMany(keys: Iterable<string>): Promise<WriteResult> {
    assertOpen(this.#space)
    const all = [...new Set(keys)]
    for (const key of all) this.#checked(key)
    if (all.length === 0) return 'applied'
    return await invalidate(this.#space, { kind: 'remove', keys: all })
  }

  /** Makes the value stale now: within grace it is served while a call with a loader brings a new one. */
  async expire(key: string): Promise<WriteResult> {
    this.#checked(key)
    return await invalidate(this.#space, { kind: 'expire', key })
  }

  /** Makes everything that carries one of the tags unusable, or with `soft` stale. O(tags), whatever they are on. */
  async invalidateTags(
    tags: string | readonly string[],
    options: { readonly soft?: boolean } = {},
  ): Promise<WriteResult> {
    assertOpen(this.#space)
    const soft = parseFlag(given(knownOptions(options, ['soft'])['soft'], false), 'soft')
    const all: unknown = typeof tags === 'string' ? [tags] : tags
    if (!Array.isArray(all))
      throw new InvalidOptionError('tags', tags, 'a string or an array of strings')
    const { tagBytes } = this.#engine.settings.limits
    const unique = [...new Set<unknown>(all)].map((tag) => {
      assertTag(tag, tagBytes)
      return tag
    })
    if (unique.length === 0) return 'applied'
    return await invalidate(this.#space, { kind: 'tags', tags: unique, soft })
  }

  /** Makes everything in this namespace unusable; children are not concerned. O(1). */
  async clear(): Promise<WriteResult> {
    assertOpen(this.#space)
    return await invalidate(this.#space, { kind: 'clear' })
  }

  /** A named kind of entry: how its key, value and tags come from an id. Throws `InvalidOptionError`. */
  define<Id, V>(name: string, definition: SingleDefinition<Id, V>): Defined<Id, V>
  define<Id, V>(name: string, definition: NegativeDefinition<Id, V>): Defined<Id, V, V | null>
  define<Id, V>(name: string, definition: Definition<Id, V>): Defined<Id, V, V | undefined>
  define<Id, V>(name: string, definition: Definition<Id, V>): Defined<Id, V> {
    this.#hint(definition)
    return defined(this.#space, parseDefinition(this.#space, this.#policy, name, definition))
  }

  /** A synchronous function whose results are kept in memory. */
  memo<Args extends readonly unknown[], R>(
    fn: (...args: Args) => R,
    options: MemoOptions<Args>,
  ): (...args: Args) => R {
    return memo(this.#space, this.#policy, fn, options)
  }

  /** The namespace `<this>.<name>`: keys, tags and `clear()` of its own; tiers and connections shared. */
  namespace(name: string, defaults: PolicyOptions = {}): Cache {
    const said = knownOptions(defaults, POLICY_NAMES)
    this.#hint(said)
    const full = parseNamespace(`${this.#space.name}.${parseNamespace(name)}`)
    const policy = parsePolicy(said, this.#policy, this.#engine.settings.limits)
    return new Cache(this.#engine, this.#engine.space(full), policy)
  }

  /** Reads each key with the loader, a bounded number at once. A key that fails is counted and does not end the run. */
  async warm<T>(
    keys: Iterable<string> | AsyncIterable<string>,
    options: WarmOptions<T>,
  ): Promise<WarmProgress> {
    assertOpen(this.#space)
    return await warm(keys, options, (key, load) => this.get(key, load))
  }

  /**
   * Where a key lives, in memory and in Redis, and why a read would not find it fresh. Changes nothing: no use, no promotion,
   * no lease, no count. Holds no value. When Redis is away it says so; rejects with `InvalidKeyError` and `ClosedError` only.
   */
  async inspect(key: string): Promise<Inspection> {
    this.#checked(key)
    return await inspect(this.#space, key, this.#policy)
  }

  /**
   * Compares, round after round, a random sample of what memory would answer with what Redis has, or with the versions of the
   * source. Runs until it is stopped or the cache is closed, and does not keep the process alive. Throws `InvalidOptionError`.
   */
  monitor<V = unknown>(options: MonitorOptions<V> = {}): Monitor {
    assertOpen(this.#space)
    return monitor(this.#space, parseMonitor(options))
  }

  stats(): CacheStats {
    return statsOf(this.#space)
  }

  /** `stats()` of this namespace and of each of its children. */
  allStats(): CacheStats[] {
    const { name } = this.#space
    const spaces = [...this.#engine.spaces()]
    return spaces
      .filter((space) => space.name === name || space.name.startsWith(`${name}.`))
      .map(statsOf)
  }

  /** Resolves, never rejects, when it is known whether Redis answers (at most `redis.connectTimeout`). */
  async ready(): Promise<Readiness> {
    return (await this.#engine.remote?.ready()) ?? { redis: 'none' }
  }

  /** Returns how to stop listening. An `error` nobody listens to never throws. */
  on<E extends keyof CacheEvents>(event: E, listener: (event: CacheEvents[E]) => void): () => void {
    return this.#engine.voice.on(event, listener)
  }

  /**
   * Idempotent. Gives up background loads, tells Redis for at most 5 s what it has not been told yet, closes our own
   * connections. Afterwards `get(key, load)` runs its loader uncached and everything else rejects with `ClosedError`.
   * Does nothing on a child namespace.
   */
  async close(): Promise<void> {
    if (this.#space.name === this.#engine.settings.namespace) await this.#engine.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #value(
    key: string,
    load: Loader<unknown> | undefined,
    options: GetOptions | Duration | undefined,
  ): Promise<unknown> {
    return (await read(this.#space, this.#call(key, load, options))).value
  }

  #call(
    key: string,
    load: Loader<unknown> | undefined,
    options: GetOptions | Duration | undefined,
  ): Call {
    const { limits } = this.#engine.settings
    assertKey(key, limits.keyBytes)
    if (load === undefined) assertOpen(this.#space)
    assertLoader(load, 'load')
    const policy = parseCall(options, this.#policy, limits)
    this.#hint(options)
    return { key, policy, load, ticket: this.#engine.next(), gated: false, accept: undefined }
  }

  #checked(key: string): void {
    assertOpen(this.#space)
    assertKey(key, this.#engine.settings.limits.keyBytes)
  }

  #hint(options: unknown): void {
    if (!this.#engine.settings.dev) return
    for (const hint of suspiciousDurations(options)) this.#engine.voice.hint('STRATA_HINT', hint)
  }
}

const MANY_NAMES: readonly string[] = [...CALL_NAMES, 'key', 'load', 'by', 'negative']
