import type { Clock } from '../../clock.js'

/** A part of what was collected, and since when (monotonic milliseconds). */
export interface Span<T> {
  readonly what: T
  readonly since: number
}

/**
 * What was collected in the last while: a span of time that is being filled, and the whole one before it. So what is shown
 * is of the last one or two lengths, and what is older is dropped with its span, without a timer.
 */
export class TwoSpans<T> {
  readonly #length: number
  readonly #make: () => T
  readonly #clock: Clock
  #current: Span<T>
  #previous: Span<T> | undefined
  #turnAt: number

  constructor(length: number, make: () => T, clock: Clock) {
    this.#length = length
    this.#make = make
    this.#clock = clock
    const since = clock.now()
    this.#current = { what: make(), since }
    this.#turnAt = since + length
  }

  /** Where to collect now. */
  current(): T {
    const now = this.#clock.now()
    if (now >= this.#turnAt) this.#turn(now)
    return this.#current.what
  }

  /** Both, the older first; of one alone in the first span. */
  spans(): readonly Span<T>[] {
    this.current()
    return this.#previous === undefined ? [this.#current] : [this.#previous, this.#current]
  }

  /** Seconds that both cover. */
  seconds(): number {
    const first = this.spans()[0] ?? this.#current
    return (this.#clock.now() - first.since) / 1_000
  }

  #turn(now: number): void {
    // where nothing was collected for a whole span, the one before it is too old as well
    const isRecent = now < this.#turnAt + this.#length
    this.#previous = isRecent ? this.#current : undefined
    this.#current = { what: this.#make(), since: isRecent ? this.#turnAt : now }
    this.#turnAt = this.#current.since + this.#length
  }
}
