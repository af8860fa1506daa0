import type { Cancel, Clock } from '../../../src/clock.js'
import type { Owner } from './owner.js'
import type { Scheduler } from './scheduler.js'

/** 2023-11-14: where the wall clock of the simulation begins. */
export const EPOCH = 1_700_000_000_000

export interface Skew {
  /** Where the monotonic clock began; it means nothing in another process. */
  readonly origin: number
  /** Milliseconds by which the wall clock is wrong. */
  readonly wall: number
}

/** The clock of one simulated process. It goes on while the process is paused; its timers do not. */
export class ProcessClock implements Clock {
  readonly #scheduler: Scheduler
  readonly #owner: Owner
  readonly #skew: Skew

  constructor(scheduler: Scheduler, owner: Owner, skew: Skew) {
    this.#scheduler = scheduler
    this.#owner = owner
    this.#skew = skew
  }

  now(): number {
    return this.#scheduler.now + this.#skew.origin
  }

  wall(): number {
    return EPOCH + this.#scheduler.now + this.#skew.wall
  }

  after(ms: number, fn: () => void): Cancel {
    return this.#scheduler.after(Math.max(0, ms), fn, this.#owner)
  }

  atTurnEnd(fn: () => void): void {
    setImmediate(fn)
  }
}
