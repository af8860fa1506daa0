import type { Clock } from '../../clock.js'
import { TwoSpans } from './two-spans.js'

/** A load that took long. Nothing of its value, and of its error only that there was one. */
export interface SlowLoad {
  readonly namespace: string
  readonly key: string
  /** Milliseconds it took. */
  readonly ms: number
  /** When it ended, in wall-clock milliseconds. */
  readonly at: number
  readonly failed: boolean
}

const SPAN = 300_000

const SHOWN = 20

/** The slowest loads of the last five to ten minutes, the slowest first. */
export class SlowLoads {
  readonly #spans: TwoSpans<SlowLoad[]>

  constructor(clock: Clock) {
    this.#spans = new TwoSpans<SlowLoad[]>(SPAN, () => [], clock)
  }

  add(load: SlowLoad): void {
    const slowest = this.#spans.current()
    const at = slowest.findIndex((other) => other.ms < load.ms)
    if (at === -1 && slowest.length >= SHOWN) return
    slowest.splice(at === -1 ? slowest.length : at, 0, load)
    if (slowest.length > SHOWN) slowest.pop()
  }

  view(): SlowLoad[] {
    const all = this.#spans.spans().flatMap(({ what }) => what)
    return all.sort((a, b) => b.ms - a.ms).slice(0, SHOWN)
  }
}
