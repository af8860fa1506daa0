import type { Grant, Lease, LeaseDesk, LeaseRequest } from '../../src/flight/lease.js'
import type { Body, Entry } from '../../src/entry/entry.js'
import { entryOf } from './redis-tiers.js'

/** Asks as a load without a stale value does. */
export function ask(
  desk: LeaseDesk,
  key: string,
  request: Partial<LeaseRequest> = {},
): Promise<Grant> {
  return desk.acquire(key, {
    tags: [],
    lifetime: 60_000,
    seen: '',
    mode: 'wait',
    ttl: 10_000,
    longest: 30_000,
    waitedFor: '',
    hasStale: false,
    ...request,
  })
}

/** The lease; throws for any other grant. */
export async function leaseOf(grant: Grant | Promise<Grant>): Promise<Lease> {
  const given = await grant
  if (given.kind !== 'yours') throw new Error(`not given: ${given.kind}`)
  return given.lease
}

/** What is known of the one who holds the lease; throws for any other grant. */
export async function heldOf(
  grant: Grant | Promise<Grant>,
): Promise<Extract<Grant, { kind: 'held' }>> {
  const given = await grant
  if (given.kind !== 'held') throw new Error(`not held: ${given.kind}`)
  return given
}

/** Stores a text through the lease. */
export function fillWith(
  lease: Lease,
  text: string,
  shape: Partial<Entry<Body>> = {},
  lateTags: readonly string[] = [],
): Promise<'filled' | 'revoked'> {
  return lease.fill(entryOf(text, shape), lateTags, () => true)
}

/** Longer than a wake-up takes on any machine, shorter than the leases asked for here. */
const PATIENCE = 8_000

/** Waits to be woken; throws when only time ended the wait. */
export async function woken({ wait, leave }: Extract<Grant, { kind: 'held' }>): Promise<void> {
  const begun = performance.now()
  await wait(PATIENCE)
  leave()
  if (performance.now() - begun >= PATIENCE) throw new Error('nobody woke it')
}
