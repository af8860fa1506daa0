import { setTimeout as sleep } from 'node:timers/promises'
import { course } from './course.js'

/** The truth: each row is a number that only grows. Both processes ask for it over IPC. */
export class Database {
  readonly #versions = Array.from({ length: course.rows + 1 }, () => 1)
  #updates = 0

  /** A statement sees the rows as they are when it begins; its answer takes a while. */
  readonly load = async (row: number): Promise<number> => {
    const version = this.versionOf(row)
    const [least, most] = course.loadTime
    await sleep(least + Math.random() * (most - least))
    return version
  }

  /** Committed when it answers. */
  readonly update = (row: number): number => {
    this.#updates++
    return (this.#versions[row] = this.versionOf(row) + 1)
  }

  get updates(): number {
    return this.#updates
  }

  versionOf(row: number): number {
    return this.#versions[row] ?? 0
  }
}
