import type { Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'

export type Awaitable<T> = T | Promise<T>

/** The deadlines of an entry that was found unchanged. */
export type Confirmation = Pick<Entry, 'freshUntil' | 'staleUntil'>

/**
 * A place where the entries of one namespace live. Implementations: `memory-tier` (answers at once, never fails),
 * `redis-tier` (answers when Redis does, rejects with what Redis said) and `guarded-tier` (a tier whose every operation
 * ends within a bound, rejecting with `TierUnavailableError`).
 *
 * A tier decides nothing about freshness: it gives back what it has as long as it is not gone, with the deadlines of now
 * (`freshUntil` 0 or earlier after `expire` or a soft invalidation).
 */
export interface Tier<V> {
  /** The entry unless it is absent, gone (now >= staleUntil), or built under a tag or namespace life that has ended. */
  read(key: string): Awaitable<Entry<V> | undefined>
  /**
   * Whether the value of this id, filed under these tags, is still there and good; its deadlines of now. Asked of a value that
   * is at hand, so the value itself is not brought.
   */
  confirm(key: string, id: string, tags: readonly string[]): Awaitable<Confirmation | undefined>
  /** Keeps the entry under the stamps it was built under (from `stampsOf`). */
  write(key: string, entry: Entry<V>, stamps: readonly Stamp[]): Awaitable<void>
  remove(keys: readonly string[]): Awaitable<void>
  /** Makes what is there stale now. */
  expire(key: string): Awaitable<void>
  /**
   * The current lives of the namespace (first, with the empty name) and of these tags, absent ones created, each kept at
   * least `lifetime` milliseconds from now. Taken when a load begins: what ends in between makes the loaded value unusable.
   */
  stampsOf(tags: readonly string[], lifetime: number): Awaitable<readonly Stamp[]>
  /** Ends the current life of each tag: everything built under it is unusable (soft: stale). */
  invalidate(tags: readonly string[], soft: boolean): Awaitable<void>
  /** Ends the current life of the namespace. O(1). */
  clear(): Awaitable<void>
}
