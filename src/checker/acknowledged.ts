import type { WriteKind } from './history.js'

/** An invalidation that was acknowledged: from `at` on, nothing older than `version` may be read. */
export interface Acknowledgement {
  readonly at: number
  readonly version: number
  readonly process: string
  readonly kind: WriteKind
}

/** What was acknowledged of one key, and when. */
export class Acknowledged {
  readonly #added: Acknowledgement[] = []
  /** Those that raised the version, in the order of time: both fields rise. */
  #steps: Acknowledgement[] | undefined

  add(acknowledgement: Acknowledgement): void {
    this.#added.push(acknowledgement)
    this.#steps = undefined
  }

  /**
   * The first that made this version stale, if that was before the instant. An acknowledgement at the very instant is not
   * before it.
   */
  firstBeyond(version: number, before: number): Acknowledgement | undefined {
    this.#steps ??= risingOf(this.#added)
    const step = this.#steps[firstIndex(this.#steps, (one) => one.version > version)]
    return step !== undefined && step.at < before ? step : undefined
  }
}

function risingOf(added: readonly Acknowledgement[]): Acknowledgement[] {
  const steps: Acknowledgement[] = []
  let highest = Number.NEGATIVE_INFINITY
  for (const one of [...added].sort((a, b) => a.at - b.at || b.version - a.version)) {
    if (one.version <= highest) continue
    highest = one.version
    steps.push(one)
  }
  return steps
}

/** Index of the first that fulfils what all after it fulfil too; the length if none does. */
function firstIndex<T>(list: readonly T[], fulfils: (one: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const one = list[middle]
    if (one !== undefined && fulfils(one)) high = middle
    else low = middle + 1
  }
  return low
}
