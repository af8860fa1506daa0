/**
 * Collects what one turn of the event loop asks of Redis and sends it at its end: writes first, then reads, so that a
 * read asked for after a write in the same turn sees it.
 */
export class Turn {
  readonly #flushes: (() => void)[] = []
  #once: (() => void)[] = []
  #scheduled = false

  /** `flush` runs at the end of each turn for which {@link schedule} was called, in the order of registration. */
  onEnd(flush: () => void): void {
    this.#flushes.push(flush)
  }

  /** `fn` runs at the end of this turn, after the flushes. */
  atEnd(fn: () => void): void {
    this.#once.push(fn)
    this.schedule()
  }

  schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // not a microtask: what the sockets of one poll phase ask for becomes one command
    setImmediate(this.#end)
  }

  readonly #end = (): void => {
    this.#scheduled = false
    const once = this.#once
    this.#once = []
    for (const flush of this.#flushes) flush()
    for (const fn of once) fn()
  }
}
