/** Randomness that can be repeated (mulberry32). */
export class Dice {
  #state: number

  /** The same numbers have the same throws. */
  constructor(...seeds: readonly number[]) {
    this.#state = 0
    for (const seed of seeds) this.#state = mix((this.#state + (seed >>> 0) + STEP) >>> 0)
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + STEP) >>> 0
    return mix(this.#state) / 2 ** 32
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }
}

const STEP = 0x6d2b79f5

function mix(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return (t ^ (t >>> 14)) >>> 0
}
