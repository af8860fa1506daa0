import type { Owner } from '../time/owner.js'
import type { Scheduler } from '../time/scheduler.js'

/** One direction of a TCP connection. */
export interface WireParts<M> {
  readonly scheduler: Scheduler
  /** Who receives: while it is paused, what arrives waits. */
  readonly receiver: Owner | undefined
  /** Milliseconds on the way, drawn for each message. */
  readonly delay: () => number
  readonly deliver: (message: M) => void
  /** The sender will send no more, or is gone. */
  readonly end: () => void
}

/** A pipe in which nothing overtakes. Messages are late, are held back, or are lost together with all that follow. */
export class Wire<M> {
  readonly #parts: WireParts<M>
  #lastArrival = 0
  #held: (() => void)[] | undefined
  #isOver = false
  /** Added to each message's own. */
  extraDelay = 0

  constructor(parts: WireParts<M>) {
    this.#parts = parts
  }

  send(message: M): void {
    this.#post(() => this.#parts.deliver(message))
  }

  /** What was sent before still arrives. */
  finish(): void {
    this.#post(() => {
      this.#isOver = true
      this.#parts.end()
    })
  }

  /** Nothing that is on the way arrives any more; the other side is told, after a while. */
  reset(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { scheduler, receiver, delay, end } = this.#parts
    scheduler.after(delay(), end, receiver)
  }

  /** The receiver does not listen any more. */
  deafen(): void {
    this.#isOver = true
  }

  /** A black hole, which both ends take for a slow network. */
  hold(): void {
    this.#held ??= []
  }

  /** What was held back arrives now. */
  release(): void {
    const held = this.#held
    this.#held = undefined
    for (const fn of held ?? []) this.#arrive(fn)
  }

  #post(fn: () => void): void {
    const { scheduler, receiver, delay } = this.#parts
    const arrival = Math.max(this.#lastArrival, scheduler.now + delay() + this.extraDelay)
    this.#lastArrival = arrival
    scheduler.at(arrival, () => this.#arrive(fn), receiver)
  }

  #arrive(fn: () => void): void {
    if (this.#isOver) return
    if (this.#held === undefined) fn()
    else this.#held.push(fn)
  }
}
