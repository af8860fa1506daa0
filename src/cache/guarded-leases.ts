import type { Body, Entry } from '../entry/entry.js'
import type { Ending, Grant, Lease, LeaseDesk, LeaseRequest } from '../flight/lease.js'
import type { LendingDesk, Loan, LoanRequest } from '../flight/lending.js'
import type { Guard } from '../tier/guard.js'

/**
 * Leases whose every operation ends within the guard's bound, rejecting with `TierUnavailableError`. The desk itself may
 * still be on its way (its client library is being loaded): operations wait for it within the same bound.
 */
export class GuardedLeases implements LeaseDesk, LendingDesk {
  readonly #guard: Guard
  readonly #desk: Promise<LeaseDesk & LendingDesk>

  constructor(guard: Guard, desk: Promise<LeaseDesk & LendingDesk>) {
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

  /** As `acquire`: what is lent too late goes back. */
  async lend(key: string, request: LoanRequest): Promise<Loan> {
    let isLate = false
    try {
      return await this.#guard.run(async () => {
        const desk = await this.#desk
        const lent = await desk.lend(key, request)
        if (isLate) await returnLoan(desk, key, lent)
        return lent
      })
    } catch (error) {
      isLate = true
      throw error
    }
  }

  async resume(key: string, token: string): Promise<Lease | undefined> {
    const lease = await this.#guard.run(async () => (await this.#desk).resume(key, token))
    return lease && new GuardedLease(this.#guard, lease)
  }
}

async function returnLoan(desk: LendingDesk, key: string, lent: Loan): Promise<void> {
  if (lent.kind !== 'yours') return returnGrant(lent)
  const lease = await desk.resume(key, lent.token)
  if (lease !== undefined) returnGrant({ kind: 'yours', lease })
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
    return this.#last(() => this.#lease.fill(entry, lateTags, isCurrent))
  }

  release(ending: Ending): Promise<boolean> {
    return this.#last(() => this.#lease.release(ending))
  }

  lapse(): void {
    this.#lease.lapse()
  }

  /** However it goes, also when it could not even be sent, the lease is not held on to. */
  async #last<T>(operate: () => Promise<T>): Promise<T> {
    try {
      return await this.#guard.run(operate)
    } finally {
      this.#lease.lapse()
    }
  }
}
