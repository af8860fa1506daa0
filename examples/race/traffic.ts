import { setTimeout as sleep } from 'node:timers/promises'
import { createZipf } from '../demo/zipf.js'
import { type Contestant, type Name, names } from './contestant.js'
import { course } from './course.js'
import { byName, type Journal } from './journal.js'
import { sharedNow } from './shared-clock.js'

export interface TrafficOptions {
  readonly contestants: Readonly<Record<Name, Contestant>>
  readonly update: (row: number) => Promise<number>
  readonly journal: Journal
}

/** Readers and a writer of one process; the same rows at the same moments for both caches. */
export class Traffic {
  readonly #options: TrafficOptions
  readonly #nextRow = createZipf(course.rows, course.exponent)
  readonly #writes = new Set<Promise<void>>()
  #readers: Promise<unknown> = Promise.resolve()
  #reading = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: TrafficOptions) {
    this.#options = options
  }

  startReading(): void {
    this.#reading = true
    this.#readers = Promise.all(Array.from({ length: course.readers }, () => this.#readOn()))
  }

  async stopReading(): Promise<void> {
    this.#reading = false
    await this.#readers
  }

  /** At a given rate, whether or not the earlier ones are done: users do not queue up. */
  startWriting(): void {
    this.#timer ??= setInterval(() => {
      const row = Math.random() < 0.5 ? this.#nextRow() : anyRow()
      const write = this.#write(row).finally(() => this.#writes.delete(write))
      this.#writes.add(write)
    }, 1_000 / course.writesPerSecond)
  }

  /** Resolves when what was begun has been acknowledged. */
  async stopWriting(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await Promise.all(this.#writes)
  }

  /** The version of every row, by each cache, a few at a time. Ordinary reads, judged like all others. */
  async survey(): Promise<Record<Name, number[]>> {
    const versions = byName((): number[] => [])
    let row = 0
    const reader = async () => {
      while (row < course.rows) {
        const mine = ++row
        await Promise.all(
          names.map(async (name) => (versions[name][mine] = await this.#read(name, mine))),
        )
      }
    }
    await Promise.all(Array.from({ length: course.surveyors }, reader))
    return versions
  }

  async #readOn(): Promise<void> {
    while (this.#reading) {
      const row = this.#nextRow()
      await Promise.all(names.map((name) => this.#read(name, row)))
      await sleep(course.readPause)
    }
  }

  async #read(name: Name, row: number): Promise<number> {
    const { contestants, journal } = this.#options
    const beganAt = sharedNow()
    const version = await contestants[name].read(row)
    journal.read(name, row, version, beganAt)
    return version
  }

  /** One update, then each cache is told, and answers for itself. */
  async #write(row: number): Promise<void> {
    const { contestants, journal, update } = this.#options
    const version = await update(row)
    await Promise.all(
      names.map(async (name) => {
        const acknowledged = await contestants[name].invalidate(row)
        journal.invalidated(name, row, version, acknowledged)
      }),
    )
  }
}

const anyRow = () => 1 + Math.floor(Math.random() * course.rows)
