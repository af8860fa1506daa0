import type { Grant, Lease, LeaseRequest } from './lease.js'

export interface LoanRequest extends Pick<
  LeaseRequest,
  'lifetime' | 'seen' | 'ttl' | 'hasStale' | 'waitedFor'
> {
  /** Tags the value will probably carry; they are said when it is filled. */
  readonly likely: readonly string[]
}

/** As a {@link Grant}; but a lease comes as text that its holder brings back, here or in another process. */
export type Loan =
  Exclude<Grant, { readonly kind: 'yours' }> | { readonly kind: 'yours'; readonly token: string }

/** Lends leases to holders outside of the process: not renewed, since nobody sees them die. */
export interface LendingDesk {
  /** Rejects with `TierUnavailableError` when the tier that keeps the leases cannot be asked. */
  lend(key: string, request: LoanRequest): Promise<Loan>
  /**
   * The lease behind a token, whichever process lent it; undefined for a text that is none. Whether it is still held shows
   * when it is used.
   */
  resume(key: string, token: string): Lease | undefined | Promise<Lease | undefined>
}
