import type { Owner } from '../time/owner.js'
import type { Scheduler } from '../time/scheduler.js'

export interface Row {
  readonly key: string
  readonly version: number
}

/** The database behind the cache: each row has a version that only grows. Counts loads that run at once. */
export class Rows {
  readonly #scheduler: Scheduler
  readonly #versions = new Map<string, number>()
  readonly #running = new Map<string, number>()
  loads = 0
  /** Loads that began while another one of the same key was running somewhere. */
  overlapping = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  versionOf(key: string): number {
    return this.#versions.get(key) ?? 0
  }

  /** The new version. */
  write(key: string): number {
    const version = this.versionOf(key) + 1
    this.#versions.set(key, version)
    return version
  }

  /** The row as it was after `before` milliseconds, brought after `after` more. */
  async load(key: string, before: number, after: number, owner: Owner): Promise<Row> {
    const running = this.#running.get(key) ?? 0
    this.loads += 1
    if (running > 0) this.overlapping += 1
    this.#running.set(key, running + 1)
    await this.#scheduler.sleep(before, owner)
    const version = this.versionOf(key)
    await this.#scheduler.sleep(after, owner)
    this.#running.set(key, (this.#running.get(key) ?? 1) - 1)
    return { key, version }
  }
}
