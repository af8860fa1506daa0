/**
 * A value with its deadlines and tags, as kept in a tier. In the process all instants are monotonic milliseconds of the
 * cache's clock (see `clock.ts`); only the Redis tier converts them to Redis time. `V` is the caller's value in memory and
 * a {@link Body} in Redis.
 */
export interface Entry<V = unknown> {
  readonly value: V
  /** When the value was stored first, by whichever process; promotion keeps it. May be negative (before this process). */
  readonly storedAt: number
  /** Fresh while now < freshUntil. */
  readonly freshUntil: number
  /** Stale, but servable by a call with a loader, while now < staleUntil. Never before freshUntil. */
  readonly staleUntil: number
  /** Milliseconds the loader took; 0 for a value that was set. */
  readonly loadTime: number
  readonly tags: readonly string[]
  /** Random identity of this value: two stores of equal values differ. */
  readonly id: string
}

/** What is written to a tier that keeps bytes. */
export interface Body {
  /** 0 = msgpackr value, 1 = raw bytes with a content type. */
  readonly kind: 0 | 1
  /** Bit set, see `record.ts`. */
  readonly flags: number
  /** For kind 1 only, else empty. */
  readonly contentType: string
  readonly bytes: Uint8Array
}
