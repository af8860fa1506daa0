import type { Condition } from '../entry/condition.js'
import type { Body, Entry } from '../entry/entry.js'
import type { Awaitable } from './tier.js'

/** What became of a write that had a condition. */
export type Exchanged =
  | { readonly isDone: true }
  /** The condition does not hold. `id`: of what is there, usable or not; '' for nothing. */
  | { readonly isDone: false; readonly id: string }

/**
 * Writes of one namespace that look at what is there and change it in one step, which no other write comes between. What is
 * there counts as present while a read without a loader would find it. One that is done revokes every load of the key and is
 * told to other processes; one that is refused changes nothing. Rejects when it is not known what became of it.
 */
export interface Exchange {
  /** The value takes the place of what is there. */
  replace(key: string, entry: Entry<Body>, condition: Condition): Awaitable<Exchanged>
  remove(key: string, condition: Condition): Awaitable<Exchanged>
}
