import type { Cache } from '../cache/cache.js'
import type { CacheEvents } from '../cache/voice.js'
import { namespaceOf } from './keyv-namespace.js'
import { lifetimeOf } from './lifetime.js'

export interface KeyvStoreEntry {
  readonly key: string
  readonly value: unknown
  /** Milliseconds. */
  readonly ttl?: number | undefined
}

const EVENTS: readonly string[] = [
  'degraded',
  'recovered',
  'error',
] satisfies readonly (keyof CacheEvents)[]

/**
 * A storage adapter for Keyv 4, 5 and 6. Keyv's namespace is a child namespace of the cache. There is no `iterator`: a cache
 * does not know its keys. One store is for one Keyv, which sets the namespace of its store.
 */
export class KeyvStore {
  /** Read and written by Keyv and by those who extend it. */
  readonly opts: Record<string, unknown> = { dialect: 'strata' }
  readonly #cache: Cache
  #namespace: string | undefined
  #space: Cache | undefined

  constructor(cache: Cache) {
    this.#cache = cache
  }

  get namespace(): string | undefined {
    return this.#namespace
  }

  /** Throws `InvalidOptionError` when the cache's own namespace leaves no room for one more. */
  set namespace(namespace: string | undefined) {
    this.#space = this.#child(namespace)
    this.#namespace = namespace
  }

  /** Fresh values only. */
  async get<Value>(key: string): Promise<Value | undefined> {
    return await this.#own().get<Value>(key)
  }

  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const found = await this.#own().getMany<string, Value>(keys, { key: (key) => key })
    return keys.map((key) => found.get(key))
  }

  /** True also when Redis could not be reached: the value is in memory then. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.#own().set(key, value, { ttl: lifetimeOf(ttl) })
    return true
  }

  /** Rejects if one cannot be stored, after all others were. */
  async setMany(entries: readonly KeyvStoreEntry[]): Promise<void> {
    await this.#own().setMany(
      entries.map(({ key, value, ttl }) => ({ key, value, ttl: lifetimeOf(ttl) })),
    )
    // Keyv 5 says in its types that this is nothing, and gives its caller what it is: whether each was stored.
    return entries.map(() => true) as unknown as undefined
  }

  /** Whether it was there, as a read just before it saw. */
  async delete(key: string): Promise<boolean> {
    const space = this.#own()
    const wasThere = await space.has(key)
    await space.delete(key)
    return wasThere
  }

  /** Whether any of them was there. */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    const were = await this.hasMany(keys)
    await this.#own().deleteMany(keys)
    return were.includes(true)
  }

  async has(key: string): Promise<boolean> {
    return await this.#own().has(key)
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    const found = await this.getMany(keys)
    return found.map((value) => value !== undefined)
  }

  /** The namespace of this store only, however much is in it: O(1). */
  async clear(): Promise<void> {
    await this.#own().clear()
  }

  /** Closes the cache, unless the store was given a child namespace of it. */
  async disconnect(): Promise<void> {
    await this.#cache.close()
  }

  /** `error`: a cache error that no caller was given. Also `degraded` and `recovered`, as `cache.on` has them. */
  on(event: string, listener: (told: unknown) => void): this {
    if (EVENTS.includes(event)) this.#cache.on(event as keyof CacheEvents, listener)
    return this
  }

  #own(): Cache {
    this.#space ??= this.#child(this.#namespace)
    return this.#space
  }

  /** Without grace: what is stale is never read through Keyv. */
  #child(namespace: string | undefined): Cache {
    return this.#cache.namespace(namespaceOf(namespace), { grace: 0 })
  }
}
