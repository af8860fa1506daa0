import { type Cache, insideOf } from '../cache/cache.js'
import { reportOutside } from '../cache/report.js'
import type { Engine } from '../cache/engine.js'
import type { RawBody } from '../entry/raw-body.js'
import { Stub } from '../entry/stub.js'
import { currentAge } from '../http/age.js'
import type { Fields } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import { type StoredResponse, unpackResponse } from '../http/stored-response.js'
import type { NativeStore, NativeStoreStats } from '../native/contract.js'
import type { Lendable, Outside } from '../tier/outside.js'
import { recordOf, type RecordTimes } from './native-record.js'
import { Wants } from './native-wants.js'

/** Milliseconds between two looks at what was answered in Rust. */
const SETTLE_EVERY = 1_000

/** Whose record a handle stands for. */
interface Owner {
  readonly child: string | undefined
  readonly key: string
}

/**
 * The store in Rust as the memory of a cache's responses. JavaScript judges and keeps a stub; the bytes lie in Rust, under the
 * keys of those who asked for them, and are answered from there until JavaScript hears of something that ends it.
 */
export class NativeResponses implements Outside {
  readonly store: NativeStore
  readonly #engine: Engine
  readonly #wants = new Wants()
  readonly #owners = new Map<number, Owner>()
  /** The newest record of each key of the cache. */
  readonly #newest = new Map<string, Stub>()
  #sweepAt = LEAST_SWEPT
  #isClosed = false
  #users = 0
  #cancel: (() => void) | undefined

  private constructor(engine: Engine, store: NativeStore) {
    this.#engine = engine
    this.store = store
    const { trust, clock } = engine
    trust.follow((until) => {
      if (this.#isClosed) return
      // in this order: should the process stand still between the two, it is trusted for less
      const at = store.now()
      store.coherentUntil(Math.max(0, at + until - clock.now()))
    })
    engine.atClose(() => this.#close())
  }

  /** The one of this cache, with a store made where there is none yet; undefined: the cache has no memory, or is closed. */
  static of(cache: Cache, open: () => NativeStore): NativeResponses | undefined {
    const { engine } = insideOf(cache)
    const { store } = engine
    if (store === undefined || engine.isClosed) return undefined
    const there = store.outside
    if (there instanceof NativeResponses) return there
    const made = new NativeResponses(engine, open())
    store.outside = made
    return made
  }

  /** A listener answers from it. Returns how to say that it does no longer. */
  use(): () => void {
    if (this.#users++ === 0) this.#settleLater()
    return () => {
      if (--this.#users > 0) return
      this.#cancel?.()
      this.settle()
    }
  }

  /** The request of a fill, whose fields came so, is to be answered with what is kept under the key. */
  want(token: number, came: Fields, namespace: string, key: string, request: HttpRequest): void {
    if (this.#isClosed) return
    this.#wants.add(keyLabel(this.#childOf(namespace), key), token, came, request)
  }

  /** The fill is over. */
  end(token: number): void {
    this.#wants.end(token)
  }

  take(child: string | undefined, key: string, entry: Lendable, body: RawBody): Stub | undefined {
    const label = keyLabel(child, key)
    this.#retire(label)
    const stored = unpackResponse(body)
    if (stored === undefined || this.#isClosed) return undefined
    const [first, ...others] = this.#wants.of(label, stored)
    if (first === undefined) return undefined
    const times = this.#timesOf(stored, entry)
    if (times.freshUse <= 0 && times.staleFor <= 0) return undefined
    const record = recordOf(stored, body.bytes, times)
    if (record === undefined) return undefined
    const labels = [label, allLabel(child), ...entry.tags.map((tag) => tagLabel(child, tag))]
    const handle = this.store.put(first.token, record, bufferOf(body.bytes), labels, 0)
    if (handle === 0) return undefined
    // its freshness is counted as its origin said, and ends where memory ends it
    if (times.freshUse > 0 && times.freshUse < times.freshFor)
      this.store.renew(handle, times.freshUse, times.staleFor)
    for (const { token } of others) this.store.alias(token, handle)
    const stub = new Stub(this.store, handle, body.contentType)
    this.#owners.set(handle, { child, key })
    this.#newest.set(label, stub)
    this.#sweep()
    return stub
  }

  show(child: string | undefined, key: string, entry: Lendable, stub: Stub): Stub | undefined {
    const body = stub.read()
    const stored = unpackResponse(body)
    if (body === undefined || stored === undefined) return undefined
    const wants = this.#wants.of(keyLabel(child, key), stored)
    const taken = wants.filter(({ token }) => this.store.alias(token, stub.handle))
    if (taken.length > 0) return stub
    const { freshUse, staleFor } = this.#timesOf(stored, entry)
    const isAlive = this.store.renew(stub.handle, freshUse, staleFor)
    // what was purged is dead there; as a stale entry it may still be served
    return isAlive || wants.length === 0 ? undefined : this.take(child, key, entry, body)
  }

  renew(stub: Stub, entry: Lendable): void {
    const stored = unpackResponse(stub)
    if (stored === undefined) return
    const { freshUse, staleFor } = this.#timesOf(stored, entry)
    this.store.renew(stub.handle, freshUse, staleFor)
  }

  removed(child: string | undefined, keys: readonly string[]): void {
    this.store.purgeLabels(keys.map((key) => keyLabel(child, key)))
  }

  marked(child: string | undefined, tags: readonly string[]): void {
    this.store.purgeLabels(tags.map((tag) => tagLabel(child, tag)))
  }

  cleared(child: string | undefined): void {
    this.store.purgeLabels([allLabel(child)])
  }

  distrusted(): void {
    this.store.distrust()
  }

  /** Also what is used in Rust is used: memory drops its stub last. */
  settle(): void {
    const counts = this.store.drainHits()
    for (let i = 0; i + 3 < counts.length; i += 4) {
      const [handle, hits, , stale] = counts.slice(i, i + 4) as [number, number, number, number]
      const owner = this.#owners.get(handle)
      if (owner === undefined) continue
      const space = this.#engine.space(owner.child ?? this.#engine.settings.namespace)
      space.memory?.touch(owner.key)
      reportOutside(space, owner.key, { hit: hits - stale, stale })
    }
  }

  stats(): NativeStoreStats {
    return this.store.stats()
  }

  /** What is answered as fresh or stale, and for how long. `freshUse`: as long as memory would. */
  #timesOf(stored: StoredResponse, entry: Lendable): RecordTimes & { readonly freshUse: number } {
    const { clock, settings } = this.#engine
    const { lifetime } = stored
    const now = clock.now()
    const age = currentAge(lifetime.initialAge, entry.storedAt, now)
    const left = lifetime.freshFor - age
    const freshUse = lifetime.noCache ? 0 : Math.min(left, entry.hitUntil - now)
    // where `memory.ttl` ends the life of an entry in memory, Redis is asked for it, and it may be fresh
    const isStaleServed = !lifetime.noCache && settings.memory?.ttl === Infinity
    const staleFor = isStaleServed
      ? Math.min(left + lifetime.staleWhileRevalidate, entry.staleUntil - now)
      : freshUse
    return {
      age,
      // what was made stale is so at once, not after it was told
      freshFor: freshUse > 0 ? left : Math.min(0, left),
      freshUse: Math.max(0, freshUse),
      staleFor: Math.max(0, staleFor),
      isUnheard: entry.isUnheard,
    }
  }

  /** A newer response is kept under the key: what Rust has of it is not answered any more, under whatever key of its own. */
  #retire(label: string): void {
    const old = this.#newest.get(label)
    if (old === undefined) return
    this.#newest.delete(label)
    this.store.renew(old.handle, 0, 0)
  }

  #childOf(namespace: string): string | undefined {
    return namespace === this.#engine.settings.namespace ? undefined : namespace
  }

  #settleLater(): void {
    this.#cancel = this.#engine.clock.after(SETTLE_EVERY, () => {
      this.settle()
      this.#settleLater()
    })
  }

  /** Forgets whom handles stood for that Rust has pushed out: each time there are twice as many as were left. */
  #sweep(): void {
    if (this.#owners.size < this.#sweepAt) return
    for (const handle of this.#owners.keys()) {
      if (!this.store.has(handle)) this.#owners.delete(handle)
    }
    for (const [label, { isThere }] of this.#newest) if (!isThere) this.#newest.delete(label)
    this.#sweepAt = Math.max(LEAST_SWEPT, this.#owners.size * 2)
  }

  #close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.settle()
    this.store.coherentUntil(0)
    this.store.clear()
    this.#owners.clear()
    this.#newest.clear()
  }
}

const LEAST_SWEPT = 1_024

/** Labels of the store, which all namespaces share: a kind, the namespace with its length, the name. */
function keyLabel(child: string | undefined, key: string): string {
  return `k${spaceOf(child)}${key}`
}

function tagLabel(child: string | undefined, tag: string): string {
  return `t${spaceOf(child)}${tag}`
}

function allLabel(child: string | undefined): string {
  return `n${spaceOf(child)}`
}

function spaceOf(child: string | undefined): string {
  return child === undefined ? '-' : `${child.length}:${child}`
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
