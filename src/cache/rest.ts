import type { Clock } from '../clock.js'
import { recentMap } from '../entry/recent-map.js'

/** Keys whose failed load is not tried again yet. Forgetting one costs one more attempt. */
const MAX_RESTING = 10_000

/** After a failed load with a stale value at hand, the key rests (`retryAfter`): callers get the stale value at once. */
export class Rest {
  readonly #clock: Clock
  readonly #until = recentMap<number>(MAX_RESTING)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One under way is left as it is: it may be that of another process, whose end was told. */
  begin(key: string, length: number): void {
    if (length > 0 && !this.isResting(key)) this.#until.set(key, this.#clock.now() + length)
  }

  end(key: string): void {
    this.#until.delete(key)
  }

  isResting(key: string): boolean {
    const until = this.#until.get(key)
    if (until === undefined) return false
    if (this.#clock.now() < until) return true
    this.#until.delete(key)
    return false
  }

  /** Milliseconds it still rests; changes nothing. */
  left(key: string): number {
    return Math.max(0, (this.#until.peek(key) ?? 0) - this.#clock.now())
  }
}
