/** The only file that compares instants of an entry. Everything is monotonic milliseconds of one clock. */

export type Freshness = 'fresh' | 'stale' | 'gone'

export interface Perishable {
  readonly freshUntil: number
  readonly staleUntil: number
}

export function freshnessOf(entry: Perishable, now: number): Freshness {
  if (now < entry.freshUntil) return 'fresh'
  return now < entry.staleUntil ? 'stale' : 'gone'
}

export function isFresh(entry: Pick<Perishable, 'freshUntil'>, now: number): boolean {
  return now < entry.freshUntil
}

/** A call with a loader may still be given the value when the loader cannot do better. */
export function isServable(entry: Perishable, now: number): boolean {
  return now < entry.freshUntil || now < entry.staleUntil
}

/** A memory hit needs no further look: neither stale nor due for an early refresh. */
export function isHit(entry: { readonly hitUntil: number }, now: number): boolean {
  return now < entry.hitUntil
}

/** Of two entries of one key, the one that was stored later. */
export function newerOf<E extends { readonly storedAt: number }>(
  a: E | undefined,
  b: E | undefined,
): E | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.storedAt > a.storedAt ? b : a
}
