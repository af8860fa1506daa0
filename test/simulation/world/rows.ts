import type { Owner } from '../time/owner.js'
import type { Scheduler } from '../time/scheduler.js'
import { Disturbances } from './disturbances.js'

export interface Row {
  readonly key: string
  readonly version: number
}

/** How a load is to go. */
export interface LoadPlan {
  /** Milliseconds until the row is read, and from then until it is there. */
  readonly before: number
  readonly after: number
  /** When the read began that loads. */
  readonly since: number
  /** Asked for without waiting for others, or for memory alone: not held to one load at a time. */
  readonly isExcepted: boolean
  /** Called before and after the row is read. */
  readonly name: (moment: 'before' | 'after') => void
  readonly fails: boolean
}

/** Loads of one key that ran at the same time. */
export interface Overlaps {
  /** All of them. */
  overlapping: number
  /** Those that the contract does not allow: no invalidation came between, nobody had asked not to wait. */
  unrevoked: number
}

/** The database behind the cache: each row has a version that only grows. Counts loads that run at once. */
export class Rows {
  readonly disturbances: Disturbances
  readonly overlaps: Overlaps = { overlapping: 0, unrevoked: 0 }
  readonly #scheduler: Scheduler
  readonly #onOverlap: (key: string) => void
  readonly #versions = new Map<string, number>()
  readonly #running = new Map<string, Set<LoadPlan>>()
  loads = 0

  /** `onOverlap` hears of what the contract does not allow. */
  constructor(scheduler: Scheduler, onOverlap: (key: string) => void) {
    this.#scheduler = scheduler
    this.#onOverlap = onOverlap
    this.disturbances = new Disturbances(scheduler)
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

  /** The row as it was at one moment of the load. */
  async load(key: string, plan: LoadPlan, owner: Owner): Promise<Row> {
    const running = this.#running.get(key) ?? new Set()
    this.#running.set(key, running)
    this.loads += 1
    for (const other of running) this.#overlap(key, plan, other)
    running.add(plan)
    try {
      await this.#scheduler.sleep(plan.before, owner)
      plan.name('before')
      const version = this.versionOf(key)
      if (plan.fails) throw new Error('the database does not answer')
      await this.#scheduler.sleep(plan.after, owner)
      plan.name('after')
      return { key, version }
    } finally {
      running.delete(plan)
    }
  }

  #overlap(key: string, plan: LoadPlan, other: LoadPlan): void {
    this.overlaps.overlapping += 1
    const isExcused = ({ isExcepted, since }: LoadPlan): boolean =>
      isExcepted || this.disturbances.since(key, since)
    if (isExcused(plan) || isExcused(other)) return
    this.overlaps.unrevoked += 1
    this.#onOverlap(key)
  }
}
