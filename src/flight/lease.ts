import type { Body, Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'

/**
 * The right to load a key and to store what was loaded. Every value that a loader made is written through a lease, so
 * that an invalidation which overtook the load can refuse the write.
 */
export interface Lease {
  /** The lives of the namespace and the tags as they were when the lease was given: the value belongs to these. */
  readonly stamps: readonly Stamp[]
  /**
   * Stores the value, with the tags that became known only during the load, unless the lease has been revoked. `isCurrent`
   * is what this process knows of that; it is asked at the last moment before the write is sent.
   */
  fill(
    entry: Entry<Body>,
    lateTags: readonly string[],
    isCurrent: () => boolean,
  ): Promise<'filled' | 'revoked'>
}

/** Gives leases. Rejects with `TierUnavailableError` when the tier that keeps them cannot be asked. */
export interface LeaseDesk {
  /** `lifetime`: milliseconds the value may be kept at most, as far as is known before the load. */
  acquire(key: string, tags: readonly string[], lifetime: number): Promise<Lease>
}
