import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.js'
import type { Entry } from '../entry/entry.js'
import { isHit, isServable } from '../entry/freshness.js'
import type { Marks, Verdict } from '../entry/marks.js'
import { RawBody } from '../entry/raw-body.js'
import { Stub } from '../entry/stub.js'
import type { Stamp } from '../entry/tag.js'
import type { HasOutside, Lendable, Outside } from './outside.js'
import type { Confirmation, Tier } from './tier.js'

/**
 * An entry as kept in memory. One flat object: at a million entries every field counts. Instants are whole milliseconds,
 * which V8 keeps without a box for the first 24 days of a process.
 */
export class MemoryEntry implements Entry, Lendable {
  value: unknown
  /** Made at the first hit and kept: an awaited hit allocates nothing else. */
  promise: Promise<unknown> | undefined = undefined
  /** Who keeps it. Another namespace's key can never reach it, whatever the key looks like. */
  readonly owner: MemoryTier
  /** The moment on the namespace's marks up to which its tags are known to be good. */
  checked: number
  /** End of the time in which a hit needs no further look. */
  hitUntil: number
  freshUntil: number
  staleUntil: number
  readonly storedAt: number
  readonly loadTime: number
  readonly tags: readonly string[]
  readonly id: string
  #flags: number

  constructor(owner: MemoryTier, entry: Entry, keep: Keep) {
    this.value = entry.value
    this.owner = owner
    this.checked = keep.since
    this.hitUntil = keep.hitUntil
    this.freshUntil = entry.freshUntil
    this.staleUntil = entry.staleUntil
    this.storedAt = entry.storedAt
    this.loadTime = Math.round(entry.loadTime) // whole: it takes no box
    this.tags = entry.tags
    this.id = entry.id
    this.#flags = (keep.mutable ? MUTABLE : 0) | (keep.unheard === true ? UNHEARD : 0)
  }

  /** Holds something that freezing does not protect: every reader gets a copy of its own. */
  get mutable(): boolean {
    return (this.#flags & MUTABLE) !== 0
  }

  /** Loaded while nothing could be heard of other processes: lives briefly, and is not measured by their messages. */
  get isUnheard(): boolean {
    return (this.#flags & UNHEARD) !== 0
  }

  /** The bytes of the value lie outside, from where they may go. */
  get isLost(): boolean {
    return (this.#flags & LENT) !== 0 && !(this.value as Stub).isThere
  }

  lend(stub: Stub): void {
    this.value = stub
    this.promise = undefined
    this.#flags = (this.#flags & ~MUTABLE) | LENT
  }
}

const MUTABLE = 1
const UNHEARD = 2
const LENT = 4

/** Until when (monotonic milliseconds) all invalidations of other processes are known to have been heard. */
export interface Trusted {
  readonly coherentUntil: number
}

/** Nobody else can invalidate anything. */
const ALONE: Trusted = { coherentUntil: Infinity }

export interface Keep {
  /** The moment on the namespace's marks when the read or load that made the entry began. */
  readonly since: number
  /** freshUntil, or earlier where memory's share of the lifetime or an early refresh ends it. */
  readonly hitUntil: number
  readonly mutable: boolean
  readonly unheard?: boolean
  /** Estimated bytes of key and value. */
  readonly size: number
}

export interface MemoryLimits {
  readonly maxEntries: number
  readonly maxBytes: number
}

/** What an entry costs beside its key and value (measured with a million entries). */
const ENTRY_BYTES = 200

/** Bytes of a stub. */
const STUB_BYTES = 64

/** The memory that all namespaces of a cache share: one recency order, one bound of entries, one of bytes. */
export class MemoryStore implements HasOutside {
  readonly lru: LRUCache<string, MemoryEntry>
  /** How many namespaces keep entries here. */
  tiers = 0
  /** Keeps the bytes of some values: whoever can answer with them comes after the cache was made. */
  outside: Outside | undefined

  constructor(limits: MemoryLimits) {
    this.lru = new LRUCache({ max: limits.maxEntries, maxSize: limits.maxBytes })
  }

  get entries(): number {
    return this.lru.size
  }

  get bytes(): number {
    return this.lru.calculatedSize
  }
}

/** What stands before the keys of a child namespace: see the constructor of `MemoryTier`. */
export function prefixOf(child: string | undefined): string {
  return child === undefined ? '' : `\udc00${child}:`
}

/** Given to lru-cache so that it does not make an options object for each hit; it writes `status` into it. */
const LOOK: { status: LRUCache.Status<string, MemoryEntry> | undefined } = { status: undefined }

/** One namespace's part of the memory. Answers at once and never fails. */
export class MemoryTier implements Tier<unknown> {
  readonly #store: MemoryStore
  readonly #lru: LRUCache<string, MemoryEntry>
  readonly #child: string | undefined
  readonly #prefix: string
  readonly #marks: Marks
  readonly #clock: Clock
  readonly #trust: Trusted

  /**
   * `child` names a child namespace; the root has none and so needs no longer keys. A child's keys begin with a lone
   * surrogate, which no valid key holds; `owner` keeps invalid ones out.
   */
  constructor(
    store: MemoryStore,
    child: string | undefined,
    marks: Marks,
    { clock, trust = ALONE }: { readonly clock: Clock; readonly trust?: Trusted },
  ) {
    store.tiers++
    this.#store = store
    this.#lru = store.lru
    this.#child = child
    this.#prefix = prefixOf(child)
    this.#marks = marks
    this.#clock = clock
    this.#trust = trust
  }

  /** The hot path: an entry that is fresh, good, trusted and not due for anything; else undefined. */
  hit(key: string): MemoryEntry | undefined {
    LOOK.status = undefined
    const entry = this.#lru.get(
      this.#full(key),
      LOOK as LRUCache.GetOptions<string, MemoryEntry, unknown>,
    )
    if (entry === undefined || entry.owner !== this) return undefined
    if (entry.checked < this.#marks.tagMoment && !this.#recheck(key, entry)) return undefined
    const now = this.#clock.now()
    if (!isHit(entry, now) || (entry.isLost && this.#drop(key))) return undefined
    return now < this.#trust.coherentUntil || entry.isUnheard ? entry : undefined
  }

  /** Whether it is sure that nobody invalidated the entry without this process hearing of it. */
  isTrusted(entry: MemoryEntry): boolean {
    if (entry.isUnheard) return true
    return this.#marks.isTrusted(entry.checked) && this.#clock.now() < this.#trust.coherentUntil
  }

  /**
   * Redis still has this very entry, as seen by a read that began at `since`: it is trusted again, with the deadlines of
   * now. Not if anything was heard of it meanwhile.
   */
  trustAgain(key: string, entry: MemoryEntry, seen: Confirmation, since: number): void {
    if (this.#lru.peek(this.#full(key)) !== entry) return
    if (this.#marks.isRevoked(since, key, entry.tags) || !this.#marks.isTrusted(since)) return
    entry.checked = since
    entry.staleUntil = seen.staleUntil
    if (seen.freshUntil < entry.freshUntil) {
      entry.freshUntil = seen.freshUntil
      entry.hitUntil = Math.min(entry.hitUntil, seen.freshUntil)
    }
    if (entry.value instanceof Stub) this.#store.outside?.renew(entry.value, entry)
  }

  read(key: string): MemoryEntry | undefined {
    return this.#servable(key, this.#lru.get(this.#full(key)))
  }

  /** Like `read`, but does not count as a use. */
  peek(key: string): MemoryEntry | undefined {
    return this.#servable(key, this.#lru.peek(this.#full(key)))
  }

  confirm(key: string, id: string): Confirmation | undefined {
    const entry = this.read(key)
    return entry?.id === id ? entry : undefined
  }

  write(key: string, entry: Entry, stamps: readonly Stamp[]): void {
    const since = Number(stamps[0]?.hard ?? this.#marks.moment)
    this.keep(key, entry, { since, hitUntil: entry.freshUntil, mutable: false, size: 0 })
  }

  /**
   * Puts the entry in, unless it is revoked already or a later one is there. A value larger than all of memory only drops
   * the older one.
   */
  keep(key: string, entry: Entry, keep: Keep): void {
    if (this.#marks.isRevoked(keep.since, key, entry.tags)) return
    if (!this.#marks.isTrusted(keep.since)) return
    const there = this.#lru.peek(this.#full(key))
    if (there?.owner === this && there.storedAt > entry.storedAt) return
    const made = new MemoryEntry(this, entry, keep)
    const size = this.#lent(key, made) ? STUB_BYTES : keep.size
    this.#lru.set(this.#full(key), made, { size: size + key.length + ENTRY_BYTES })
  }

  /** Somebody outside would answer with the entry, fresh or stale. Returns whether it is answered there. */
  lend(key: string): boolean {
    const entry = this.peek(key)
    const { outside } = this.#store
    if (outside === undefined || entry === undefined) return false
    if (entry.value instanceof Stub) {
      const stub = outside.show(this.#child, key, entry, entry.value)
      if (stub !== undefined) entry.lend(stub)
      return stub !== undefined
    }
    if (!this.#lent(key, entry)) return false
    this.#lru.set(this.#full(key), entry, { size: STUB_BYTES + key.length + ENTRY_BYTES })
    return true
  }

  /** It was used elsewhere. */
  touch(key: string): void {
    this.#lru.get(this.#full(key))
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) {
      this.#marks.markKey(key)
      this.#lru.delete(this.#full(key))
    }
    this.#store.outside?.removed(this.#child, keys)
  }

  /** Lets go of what is kept; whatever is under way for the key is not concerned. */
  forget(key: string): void {
    this.#lru.delete(this.#full(key))
    this.#store.outside?.removed(this.#child, [key])
  }

  expire(key: string): void {
    this.#marks.markKey(key)
    const entry = this.#lru.peek(this.#full(key))
    if (entry?.owner === this) endFreshness(entry)
    this.#store.outside?.removed(this.#child, [key])
  }

  stampsOf(): readonly Stamp[] {
    return [{ name: '', hard: String(this.#marks.moment), soft: '' }]
  }

  invalidate(tags: readonly string[], soft: boolean): void {
    this.#marks.markTags(tags, soft)
  }

  /** O(1) where others live here too: what was kept is dead by its mark and leaves as it is met or pushed out. */
  clear(): void {
    this.#marks.markAll()
    if (this.#store.tiers === 1) this.#lru.clear()
  }

  /** What is no string (a caller without types) reaches nothing here; the way after memory refuses it. */
  #full(key: string): string {
    return this.#prefix === '' || typeof key !== 'string' ? key : this.#prefix + key
  }

  #servable(key: string, entry: MemoryEntry | undefined): MemoryEntry | undefined {
    if (entry === undefined || entry.owner !== this) return undefined
    if (this.#verdict(key, entry) === 'revoked') return undefined
    if (isServable(entry, this.#clock.now()) && !entry.isLost) return entry
    this.#drop(key)
    return undefined
  }

  /** Always true. */
  #drop(key: string): true {
    this.#lru.delete(this.#full(key))
    return true
  }

  /** Whether its value lies outside now. */
  #lent(key: string, entry: MemoryEntry): boolean {
    const { outside } = this.#store
    const { value } = entry
    if (outside === undefined || !(value instanceof RawBody)) return false
    const stub = outside.take(this.#child, key, entry, value)
    if (stub !== undefined) entry.lend(stub)
    return stub !== undefined
  }

  /** Whether the entry may still be trusted, after it was brought up to the marks made since it was looked at last. */
  #recheck(key: string, entry: MemoryEntry): boolean {
    if (this.#verdict(key, entry) === 'revoked') return false
    return entry.isUnheard || this.#marks.isTrusted(entry.checked)
  }

  /** Applies the marks made since. `revoked`: the entry is dropped. The moment of one that is not trusted stays. */
  #verdict(key: string, entry: MemoryEntry): Verdict {
    const verdict = this.#marks.verdictOfTags(entry.checked, entry.tags)
    if (verdict === 'revoked') this.#lru.delete(this.#full(key))
    else if (verdict === 'stale') endFreshness(entry)
    if (entry.isUnheard || this.#marks.isTrusted(entry.checked)) {
      entry.checked = Math.max(entry.checked, this.#marks.tagMoment)
    }
    return verdict
  }
}

/** Without grace nothing of it may be served any more. */
function endFreshness(entry: MemoryEntry): void {
  if (entry.staleUntil === entry.freshUntil) entry.staleUntil = 0
  entry.hitUntil = 0
  entry.freshUntil = 0
}
