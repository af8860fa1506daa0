import { type Name, names } from './contestant.js'
import { sharedNow } from './shared-clock.js'

/** Triples of numbers in one array: thousands of reads a second cross between processes, and a copy of this is cheap. */
export type Triples = Float64Array

/** What one process has seen since its last report. */
export interface Report {
  /** Everything acknowledged before this moment, of the shared clock, is in this report or in an earlier one. */
  readonly until: number
  readonly caches: Readonly<Record<Name, Pages>>
}
export interface Pages {
  /** Row, version that was read, when the read began. */
  readonly reads: Triples
  /** Row, version, from when on: the invalidation after the update to this version was acknowledged. */
  readonly acknowledgements: Triples
  /** Invalidations that ended without an acknowledgement. */
  readonly unacknowledged: number
}

export class Journal {
  #pages = emptyPages()

  read(name: Name, row: number, version: number, beganAt: number): void {
    this.#pages[name].reads.push(row, version, beganAt)
  }

  /** Called when the acknowledgement is in, so its moment is rather late than early: no read is accused wrongly. */
  invalidated(name: Name, row: number, version: number, acknowledged: boolean): void {
    const page = this.#pages[name]
    if (acknowledged) page.acknowledgements.push(row, version, sharedNow())
    else page.unacknowledged++
  }

  /** Once: the next report begins after this one. */
  take(): Report {
    const pages = this.#pages
    this.#pages = emptyPages()
    return { until: sharedNow(), caches: byName((name) => packed(pages[name])) }
  }
}

export function byName<T>(make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>
}

function emptyPages() {
  return byName(() => ({
    reads: [] as number[],
    acknowledgements: [] as number[],
    unacknowledged: 0,
  }))
}

function packed({ reads, acknowledgements, unacknowledged }: ReturnType<typeof emptyPages>[Name]) {
  return {
    reads: Float64Array.from(reads),
    acknowledgements: Float64Array.from(acknowledgements),
    unacknowledged,
  }
}
