/** Ends a timer; harmless when it has already run. */
export type Cancel = () => void

/**
 * Where time comes from. Everything in the process is monotonic milliseconds of one clock; wall-clock time appears only
 * where people read it. Tests move a manual clock.
 */
export interface Clock {
  /** Monotonic milliseconds, exact; only differences mean anything. */
  now(): number
  /** Milliseconds since 1970-01-01. */
  wall(): number
  /** Runs `fn` once, `ms` from now (any finite length). Never keeps the process alive. */
  after(ms: number, fn: () => void): Cancel
  /** Runs `fn` when this turn of the event loop has ended; where that is at its end, timers may come first. */
  atTurnEnd(fn: () => void): void
}

/** Node's timers hold 31 bits; a longer wait is taken in steps. */
const LONGEST_TIMER = 2 ** 31 - 1

/** Bound once: looking `performance` up on the global object costs a third of the call. */
const now: () => number = performance.now.bind(performance)

export const systemClock: Clock = {
  now,
  wall: () => Date.now(),
  after: (ms, fn) => {
    let timer: NodeJS.Timeout
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER)
      timer = setTimeout(() => (left > step ? arm(left - step) : fn()), step)
      timer.unref()
    }
    arm(Math.max(0, ms))
    return () => clearTimeout(timer)
  },
  atTurnEnd: (fn) => {
    setImmediate(fn)
  },
}
