import type { ReadCounts } from '../../cache/counters.js'
import type { Cancel, Clock } from '../../clock.js'
import type { NamespaceCounts } from './stats-view.js'

const MINUTE = 60_000

/** Milliseconds between two marks. */
const EVERY = 5_000

/** What the counts were. */
interface Mark {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly reads: ReadonlyMap<string, ReadCounts>
}

/**
 * The reads of the last minute, also for whoever begins to look only now: every few seconds it is marked what the counts are,
 * and what they were a minute ago is taken off.
 */
export class LastMinute {
  readonly #look: () => readonly NamespaceCounts[]
  readonly #clock: Clock
  /** The oldest first, of which the first alone may be older than a minute. */
  readonly #marks: Mark[]
  #cancel: Cancel | undefined

  constructor(look: () => readonly NamespaceCounts[], clock: Clock) {
    this.#look = look
    this.#clock = clock
    this.#marks = [{ at: clock.now(), reads: new Map() }]
  }

  /** Begins to mark. Until `close`. */
  open(): void {
    this.#cancel = this.#clock.after(EVERY, () => {
      const reads = new Map(this.#look().map(({ namespace, reads }) => [namespace, reads]))
      this.#marks.push({ at: this.#clock.now(), reads })
      this.open()
    })
  }

  /** What it covers: a minute and up to a mark more; all the time there was, where that is less. */
  seconds(): number {
    return (this.#clock.now() - this.#oldest().at) / 1_000
  }

  of({ namespace, reads }: NamespaceCounts): ReadCounts {
    return less(reads, this.#oldest().reads.get(namespace) ?? {})
  }

  close(): void {
    this.#cancel?.()
  }

  #oldest(): Mark {
    const until = this.#clock.now() - MINUTE
    while ((this.#marks[1]?.at ?? Infinity) <= until) this.#marks.shift()
    return this.#marks[0] as Mark
  }
}

function less(now: ReadCounts, before: ReadCounts): ReadCounts {
  const result: Record<string, Record<string, number>> = {}
  for (const [outcome, tiers] of Object.entries(now)) {
    const old: Readonly<Record<string, number>> = before[outcome as keyof ReadCounts] ?? {}
    for (const [tier, count] of Object.entries(tiers)) {
      const grown = count - (old[tier] ?? 0)
      if (grown > 0) (result[outcome] ??= {})[tier] = grown
    }
  }
  return result
}
