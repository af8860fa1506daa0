import type { Body, Entry } from '../entry/entry.js'
import type { Ending, Grant, Lease, LeaseDesk, LeaseRequest } from '../flight/lease.js'
import type { Guard } from '../tier/guard.js'

/**
 * Leases whose every operation ends within the guard's bound, rejecting with `TierUnavailableError`. The desk itself may
 * still be on its way (its client library is being loaded): operations wait for it within the same bound.
 */
export class GuardedLeases implements LeaseDesk {
  readonly #guard: Guard
  readonly #desk: Promise<LeaseDesk>

  constructor(guard: Guard, desk: Promise<LeaseDesk>) {
    this.#guard = guard
    this.#desk = desk
    desk.catch(() => {
      // each operation rejects with it
    })
  }

  /** What is granted after its caller has given up goes back. */
  async acquire(key: string, request: LeaseRequest): Promise<Grant> {
    let isLate = false
    try {
      const grant = await this.#guard.run(async () => {
        const granted = await (await this.#desk).acquire(key, request)
        if (isLate) returnGrant(granted)
        return granted
      })
      return grant.kind === 'yours'
        ? { kind: 'yours', lease: new GuardedLease(this.#guard, grant.lease) }
        : grant
    } catch (error) {
      isLate = true
      throw error
    }
  }
}

function returnGrant(grant: Grant): void {
  if (grant.kind === 'held') grant.leave()
  if (grant.kind !== 'yours') return
  grant.lease.release({ how: 'quiet' }).catch(() => {
    // it ends by itself; that Redis does not answer has been told
  })
}

class GuardedLease implements Lease {
  readonly #guard: Guard
  readonly #lease: Lease

  constructor(guard: Guard, lease: Lease) {
    this.#guard = guard
    this.#lease = lease
  }

  get stamps(): Lease['stamps'] {
    return this.#lease.stamps
  }

  fill(
    entry: Entry<Body>,
    lateTags: readonly string[],
    isCurrent: () => boolean,
  ): Promise<'filled' | 'revoked'> {
    return this.#end(() => this.#lease.fill(entry, lateTags, isCurrent))
  }

  release(ending: Ending): Promise<boolean> {
    return this.#end(() => this.#lease.release(ending))
  }

  abandon(): void {
    this.#lease.abandon()
  }

  /** The load is over. Where that could not be told, others wait until the lease ends by itself, and no longer. */
  async #end<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#guard.run(work)
    } catch (error) {
      this.abandon()
      throw error
    }
  }
}
