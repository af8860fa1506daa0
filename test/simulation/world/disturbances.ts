import type { Scheduler } from '../time/scheduler.js'

/** When something was being done that revokes the loads of a key. */
export class Disturbances {
  readonly #scheduler: Scheduler
  readonly #current = new Map<string, number>()
  readonly #endedAt = new Map<string, number>()

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** Returns what is to be called at its end. */
  begin(keys: readonly string[]): () => void {
    for (const key of keys) this.#current.set(key, (this.#current.get(key) ?? 0) + 1)
    return () => {
      for (const key of keys) {
        this.#current.set(key, (this.#current.get(key) ?? 1) - 1)
        this.#endedAt.set(key, this.#scheduler.now)
      }
    }
  }

  /** Whether one is going on, or ended since then. */
  since(key: string, instant: number): boolean {
    return (this.#current.get(key) ?? 0) > 0 || (this.#endedAt.get(key) ?? -1) >= instant
  }
}
