import { isFresh } from '../entry/freshness.js'
import type { Loan, LoanRequest } from '../flight/lending.js'
import type { Space } from './engine.js'

/** There was no room for another lease: to be asked for again a moment later. */
const FULL_PAUSE = 1_000

/** Lends the lease of a key where there is no Redis: to one at a time, and to nobody while this process loads the key itself. */
export function lendHere(space: Space, key: string, { ttl }: Pick<LoanRequest, 'ttl'>): Loan {
  const { loans } = space
  const { clock, wakes } = space.engine
  const held = space.memory?.read(key)
  if (held !== undefined && isFresh(held, clock.now())) return { kind: 'changed', id: held.id }
  const flight = space.flights.get(key)
  if (flight !== undefined && !space.marks.isRevoked(flight.since, key, [...flight.tags])) {
    void flight.landed().then(() => wakes.wake(space.name, key))
    return heldFor(space, key, Infinity)
  }
  const left = loans.left(key)
  if (left > 0) return heldFor(space, key, left)
  const token = loans.lend(key, ttl)
  return token === undefined ? heldFor(space, key, FULL_PAUSE) : { kind: 'yours', token }
}

function heldFor(space: Space, key: string, left: number): Loan {
  const waiting = space.engine.wakes.register(space.name, key)
  return {
    kind: 'held',
    token: '',
    left,
    wait: (ms) => waiting.until(ms),
    leave: () => waiting.end(),
  }
}
