import type { Dice } from '../../support/dice.js'

/**
 * The event loop in the hands of a simulation. `setImmediate` and `Math.random` are replaced for as long as it is
 * installed: the first so that it is known exactly when the program has nothing left to do (counting idle rounds of the
 * real one is a guess, and slow), the second so that a seed repeats everything.
 */
export class Loop {
  readonly #queued: Immediate[] = []

  /** Returns how to give the real ones back. */
  install(dice: Dice): () => void {
    const { setImmediate: immediate, clearImmediate: clear } = globalThis
    const { random } = Math
    const queue = (fn: (...args: unknown[]) => void, ...args: unknown[]): Immediate => {
      const queued: Immediate = { run: () => fn(...args) }
      this.#queued.push(queued)
      return queued
    }
    globalThis.setImmediate = queue as unknown as typeof setImmediate
    globalThis.clearImmediate = ((queued: Immediate | undefined) => {
      if (queued !== undefined) queued.run = undefined
    }) as unknown as typeof clearImmediate
    Math.random = () => dice.next()
    return () => {
      globalThis.setImmediate = immediate
      globalThis.clearImmediate = clear
      Math.random = random
    }
  }

  /** Resolves when every promise that can settle has, and no turn of the loop is asked for. */
  async settle(): Promise<void> {
    await turn()
    for (let next = this.#queued.shift(); next; next = this.#queued.shift()) {
      next.run?.()
      // between two immediates Node lets all promises settle, and so do we
      await turn()
    }
  }

  /** Lets real time pass until `condition` holds: for what Node itself does in its own time (`import()`). */
  async until(condition: () => boolean): Promise<void> {
    const end = performance.now() + LONGEST_WAIT
    while (!condition()) {
      if (performance.now() > end) throw new Error(`never came true: ${condition.toString()}`)
      await this.settle()
    }
  }
}

interface Immediate {
  run: (() => void) | undefined
}

/** Milliseconds. */
const LONGEST_WAIT = 20_000

const realImmediate = setImmediate

function turn(): Promise<void> {
  return new Promise((resolve) => {
    realImmediate(resolve)
  })
}
