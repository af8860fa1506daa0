import type { Cancel, Clock } from '../../src/clock.js'

/** A clock that stands still until it is moved. Timers run in the order of their time, each at its own. */
export class ManualClock implements Clock {
  #now: number
  #wall: number
  #timers: Timer[] = []
  #atTurnEnd: (() => void)[] = []

  constructor(options: { now?: number; wall?: number } = {}) {
    this.#now = options.now ?? 1_000
    this.#wall = options.wall ?? 1_700_000_000_000
  }

  now(): number {
    return this.#now
  }

  wall(): number {
    return this.#wall
  }

  after(ms: number, fn: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, ms), fn }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  atTurnEnd(fn: () => void): void {
    if (this.#atTurnEnd.length === 0) setImmediate(() => this.#endTurn())
    this.#atTurnEnd.push(fn)
  }

  /** Timers that have not run. */
  get waiting(): number {
    return this.#timers.length
  }

  /** Moves time on, running what falls due, including timers set meanwhile. */
  advance(ms: number): void {
    this.#endTurn()
    const end = this.#now + ms
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers = this.#timers.filter((other) => other !== timer)
      this.#move(timer.at - this.#now)
      timer.fn()
      this.#endTurn()
    }
    this.#move(end - this.#now)
  }

  /** Runs what is due within this turn: timers may come before its end. */
  due(): void {
    for (let timer = this.#next(this.#now); timer !== undefined; timer = this.#next(this.#now)) {
      this.#timers = this.#timers.filter((other) => other !== timer)
      timer.fn()
    }
  }

  /** Like `advance`, letting promises settle after each timer: for code that sets the next timer in a callback of one. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers = this.#timers.filter((other) => other !== timer)
      this.#move(timer.at - this.#now)
      timer.fn()
      await settle()
    }
    this.#move(end - this.#now)
  }

  /** Time passes within a turn of the event loop: nothing runs. */
  block(ms: number): void {
    this.#move(ms)
  }

  /** Somebody sets the wall clock. */
  setWall(wall: number): void {
    this.#wall = wall
  }

  #endTurn(): void {
    for (const fn of this.#atTurnEnd.splice(0)) fn()
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer
    }
    return next
  }

  #move(ms: number): void {
    if (ms <= 0) return
    this.#now += ms
    this.#wall += ms
  }
}

interface Timer {
  readonly at: number
  readonly fn: () => void
}

/** Lets every promise that can settle do so. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
