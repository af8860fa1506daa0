import type { Body, Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'

/** What becomes of a load, as other processes are told. */
export interface LoadFailure {
  readonly name: string
  readonly code?: string
  /** Only where the cache was told to share it. */
  readonly message?: string
}

/** How a lease ends without a value. */
export type Ending =
  /** Nothing to say: the load was given up, or gave nothing to store. */
  | { readonly how: 'quiet' }
  /** The load failed; those who wait are told. */
  | { readonly how: 'fail'; readonly failure: LoadFailure }
  /** The load failed and a stale value is at hand: nobody tries again for so many milliseconds. */
  | { readonly how: 'rest'; readonly ms: number }

/**
 * The right to load a key and to store what was loaded. Every value that a loader made is written through a lease, so
 * that an invalidation which overtook the load can refuse the write.
 */
export interface Lease {
  /** The lives of the namespace and the tags as they were when the lease was given: the value belongs to these. */
  readonly stamps: readonly Stamp[]
  /**
   * Stores the value, with the tags that became known only during the load, unless the lease has been revoked. `isCurrent`
   * is what this process knows of that; it is asked at the last moment before the write is sent. Rejects when the outcome is
   * unknown. The lease has ended afterwards.
   */
  fill(
    entry: Entry<Body>,
    lateTags: readonly string[],
    isCurrent: () => boolean,
  ): Promise<'filled' | 'revoked'>
  /** Gives it back. False: it had been revoked. Does nothing, and is true, after the lease has ended. */
  release(ending: Ending): Promise<boolean>
  /** Nothing can be said any more: it is not renewed, and ends by itself. */
  lapse(): void
}

export interface LeaseRequest {
  readonly tags: readonly string[]
  /** Milliseconds the value may be kept at most, as far as is known before the load. */
  readonly lifetime: number
  /** Id of the value that was found in the tier, '' for none: when there is another one by now, it is to be read. */
  readonly seen: string
  /** `wait` for who loads already; `share` the lease it holds; `force` takes it away. */
  readonly mode: 'wait' | 'share' | 'force'
  /** Milliseconds after which a holder that gave no sign of life loses it. */
  readonly ttl: number
  /** Milliseconds it is held at most. */
  readonly longest: number
  /** Whether a stale value may be served: only then may the key rest after a load that failed. */
  readonly hasStale: boolean
  /** The lease whose end was waited for. */
  readonly waitedFor: string
}

/** What asking for a lease brings. */
export type Grant =
  | { readonly kind: 'yours'; readonly lease: Lease }
  /** Somebody loads. `wait` resolves when that may be over, after `ms` at the latest; `leave` must follow. */
  | {
      readonly kind: 'held'
      readonly token: string
      readonly left: number
      wait(ms: number): Promise<void>
      leave(): void
    }
  /** There is another value than the one seen. */
  | { readonly kind: 'changed'; readonly id: string }
  /** A load failed so short a time ago that the stale value is to be used. */
  | { readonly kind: 'resting'; readonly left: number }
  /** The load that was waited for failed. */
  | { readonly kind: 'failed'; readonly failure: LoadFailure }

/** Gives leases. Rejects with `TierUnavailableError` when the tier that keeps them cannot be asked. */
export interface LeaseDesk {
  acquire(key: string, request: LeaseRequest): Promise<Grant>
}
