import type { RawBody } from '../entry/raw-body.js'
import type { Stub } from '../entry/stub.js'

/** An entry at the moment when memory has decided to keep it. Instants are those of the cache's clock. */
export interface Lendable {
  readonly value: unknown
  readonly storedAt: number
  /** End of the time in which it answers without a further look. */
  readonly hitUntil: number
  readonly staleUntil: number
  readonly tags: readonly string[]
  /** Not measured by what is heard of other processes. */
  readonly isUnheard: boolean
}

/**
 * A store beside memory, in the same process, that keeps the bytes of some values and answers with them by itself. Memory
 * stays the index and the judge: it decides what is kept, and what it keeps is a stub. Whatever raises the fence is told here
 * before it is told to anybody else; from then on nothing born before may be answered. `child`: the child namespace, undefined
 * for the root. No call waits, fails, or calls back.
 */
export interface Outside {
  /**
   * Memory keeps a value, in the place of what it had under the key, with which nothing is answered any more. Returns what
   * memory is to keep instead; undefined: the value itself.
   */
  take(child: string | undefined, key: string, entry: Lendable, body: RawBody): Stub | undefined
  /**
   * What memory has a stub of is wanted by others as well. Returns what memory is to keep instead: what was ended here may only
   * be answered anew, as what it is now. Undefined: they are not answered with it.
   */
  show(child: string | undefined, key: string, entry: Lendable, stub: Stub): Stub | undefined
  /** It was found to be as good as new: trusted again, with the deadlines of now. */
  renew(stub: Stub, entry: Lendable): void
  removed(child: string | undefined, keys: readonly string[]): void
  marked(child: string | undefined, tags: readonly string[]): void
  cleared(child: string | undefined): void
  /** Marks may have been missed until now. */
  distrusted(): void
  /** Counts what was answered here since the last time. */
  settle(): void
}

/** Who has one; it is given after memory was made, by whoever comes with it. */
export interface HasOutside {
  readonly outside: Outside | undefined
}
