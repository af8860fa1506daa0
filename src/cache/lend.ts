import { freshnessOf } from '../entry/freshness.js'
import { TierUnavailableError } from '../errors.js'
import type { Loan, LoanRequest } from '../flight/lending.js'
import { assertOpen } from './defined.js'
import type { Space } from './engine.js'
import { lendHere } from './lend-here.js'
import { type Call, find, type Found, type Held } from './lookup.js'
import type { Reading } from './outcome.js'
import type { Policy } from './policy.js'
import { assertReachable } from './put-if.js'
import { heldAnswer, readingOf } from './read.js'
import { reportRead, reportTierError } from './report.js'
import { longestLife } from './store.js'

/** How a lease is asked for. Milliseconds. */
export interface Wish {
  readonly ttl: number
  readonly wait: number
  readonly signal: AbortSignal | undefined
}

export type LeaseAnswer =
  /** A fresh value is there. */
  | { readonly kind: 'value'; readonly reading: Reading<unknown> }
  /** The caller is to load: `fill` or `giveUp` with the token, in any process on the same Redis, within `ttl` ms. */
  | { readonly kind: 'yours'; readonly token: string; readonly ttl: number }
  /** Somebody else loads, for longer than `wait`, or a load failed a moment ago; with what may be served while stale. */
  | { readonly kind: 'busy'; readonly stale: Reading<unknown> | undefined }

/** Looks in a row of which each finds something else, without a wait in between. */
const MOST_LOOKS = 100

/**
 * What is there, or the right to load it. A load that fails elsewhere makes the next who waits the one to load; while the
 * key rests after a failure with a stale value at hand, nobody is to, and that value is the answer.
 */
export async function lend(
  space: Space,
  key: string,
  policy: Policy,
  wish: Wish,
): Promise<LeaseAnswer> {
  const { clock } = space.engine
  const call = callOf(space, key, policy)
  const until = clock.now() + wish.wait
  let asked: Pick<LoanRequest, 'seen' | 'waitedFor'> = { seen: '', waitedFor: '' }
  let found: Found | undefined
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    assertOpen(space)
    wish.signal?.throwIfAborted()
    found = await find(space, call)
    if (found.fresh !== undefined) return valueOf(space, key, found.fresh)
    if (found.isAway) throw new TierUnavailableError('open', 'it cannot be asked for a lease')
    if (!mayAsk(space, key, found)) break
    const seen = found.seen === '' ? asked.seen : found.seen
    const loan = await ask(space, call, found, { ttl: wish.ttl, seen, waitedFor: asked.waitedFor })
    if (loan.kind === 'yours') return await handed(space, key, loan.token, wish)
    if (loan.kind === 'resting') break
    if (loan.kind === 'held') {
      if (await isOver(loan, until - clock.now(), wish.signal)) break
      looks = 0
    }
    asked = {
      seen: loan.kind === 'changed' ? loan.id : seen,
      waitedFor: loan.kind === 'held' ? loan.token : '',
    }
  }
  return busy(space, key, found?.stale)
}

/** Not while the key rests, nor when too many wait. */
function mayAsk({ rest, name, engine }: Space, key: string, { stale }: Found): boolean {
  if (stale !== undefined && rest.isResting(key)) return false
  return engine.wakes.waiting(name, key) < engine.settings.limits.waitersPerKey
}

function callOf(space: Space, key: string, policy: Policy): Call {
  const ticket = space.engine.next()
  return { key, policy, load: undefined, ticket, gated: false, accept: undefined }
}

async function ask(
  space: Space,
  { key, policy }: Call,
  { stale }: Found,
  asked: Pick<LoanRequest, 'ttl' | 'seen' | 'waitedFor'>,
): Promise<Loan> {
  if (space.lending === undefined) return lendHere(space, key, asked)
  assertReachable(space)
  try {
    return await space.lending.lend(key, {
      ...asked,
      likely: [...new Set([...policy.tags, ...(stale?.entry.tags ?? [])])],
      lifetime: longestLife(policy),
      hasStale: stale !== undefined,
    })
  } catch (error) {
    throw reportTierError(space, error)
  }
}

/** Its caller may have left meanwhile: then nobody is to wait for it. */
async function handed(
  space: Space,
  key: string,
  token: string,
  { ttl, signal }: Wish,
): Promise<LeaseAnswer> {
  if (signal?.aborted === true) {
    await returned(space, key, token)
    throw signal.reason
  }
  reportRead(space, key, 'miss', undefined)
  return { kind: 'yours', token, ttl }
}

/** Gives a lease back. False: it was held no longer. */
export async function returned(space: Space, key: string, token: string): Promise<boolean> {
  if (space.lending === undefined) {
    const isHeld = space.loans.end(key, token) !== undefined
    if (isHeld) space.engine.wakes.wake(space.name, key)
    return isHeld
  }
  assertReachable(space)
  try {
    const lease = await space.lending.resume(key, token)
    return (await lease?.release({ how: 'quiet' })) ?? false
  } catch (error) {
    throw reportTierError(space, error)
  }
}

/** Until the holder may be done. True: the caller has waited as long as it would. */
async function isOver(
  loan: Loan & { readonly kind: 'held' },
  patience: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const leave = (): void => loan.leave() // ends the wait, too
  try {
    if (patience <= 0) return true
    if (signal?.aborted === true) return false
    signal?.addEventListener('abort', leave, { once: true })
    await loan.wait(Math.min(loan.left + 1, patience))
    return false
  } finally {
    signal?.removeEventListener('abort', leave)
    loan.leave()
  }
}

function valueOf(space: Space, key: string, held: Held): LeaseAnswer {
  reportRead(space, key, 'hit', held.tier)
  return { kind: 'value', reading: readingOf(space, heldAnswer(space, held, 'hit')) }
}

function busy(space: Space, key: string, stale: Held | undefined): LeaseAnswer {
  const isServable =
    stale !== undefined && freshnessOf(stale.entry, space.engine.clock.now()) !== 'gone'
  if (!isServable) {
    reportRead(space, key, 'miss', undefined)
    return { kind: 'busy', stale: undefined }
  }
  reportRead(space, key, 'stale', stale.tier)
  return { kind: 'busy', stale: readingOf(space, heldAnswer(space, stale, 'stale')) }
}
