import { join } from 'node:path'
import type { PlainSettings } from './assignment.js'
import type { WorkerHandle } from './fault.js'
import { gate } from './gate.js'
import { Place, type PlaceTally } from './place.js'
import type { JournalFile } from './read-journal.js'
import type { CheckSettings } from './settings.js'

export interface CrewOptions {
  readonly settings: CheckSettings
  readonly databasePort: number
  /** Of the journals. */
  readonly directory: string
  /** Makes the names of keys and tags. */
  readonly run: string
}

/** All worker processes. */
export class Crew {
  readonly #places: readonly Place[]
  readonly #failed = gate<never>()

  constructor({ settings, databasePort, directory, run }: CrewOptions) {
    const { processes, operations, execArgv } = settings
    this.#places = Array.from({ length: processes }, (_, process) => {
      // the first ones do what is left over
      const share = Math.floor(operations / processes) + (process < operations % processes ? 1 : 0)
      return new Place({
        assignment: {
          ...assignmentOf(settings),
          process,
          databasePort,
          run,
          operations: Number.isFinite(operations) ? share : null,
        },
        journalOf: (name) => join(directory, `process-${name}.jsonl`),
        execArgv,
        onFailure: (error) => this.#failed.fail(error),
      })
    })
  }

  /** Rejects when a process ends by itself, or says that it cannot go on. */
  get failure(): Promise<never> {
    return this.#failed.promise
  }

  tally(): PlaceTally {
    const all = this.#places.map((place) => place.tally())
    const sum = (count: (tally: PlaceTally) => number): number =>
      all.reduce((total, tally) => total + count(tally), 0)
    return {
      reads: sum(({ reads }) => reads),
      writes: sum(({ writes }) => writes),
      killed: sum(({ killed }) => killed),
      longestPause: Math.max(...all.map(({ longestPause }) => longestPause)),
    }
  }

  get journals(): readonly JournalFile[] {
    return this.#places.flatMap((place) => place.journals)
  }

  /** Names of the processes that live. */
  get living(): ReadonlySet<string> {
    return new Set(this.#places.map((place) => place.name))
  }

  workers(): readonly WorkerHandle[] {
    return this.#places.map((place) => place.handle())
  }

  async start(): Promise<void> {
    await this.#all((place) => place.start())
  }

  begin(): void {
    for (const place of this.#places) place.begin()
  }

  async whenFinished(): Promise<void> {
    await this.#all((place) => place.whenFinished())
  }

  async finish(): Promise<void> {
    await this.#all((place) => place.finish())
  }

  async readAtRest(): Promise<void> {
    await this.#all((place) => place.readAtRest())
  }

  async close(): Promise<void> {
    await this.#all((place) => place.close())
  }

  /** For good, whatever they are doing. */
  kill(): void {
    for (const place of this.#places) place.kill()
  }

  async #all(action: (place: Place) => Promise<void>): Promise<void> {
    await Promise.all(this.#places.map(action))
  }
}

/** What all workers are told alike. */
function assignmentOf(settings: CheckSettings): PlainSettings {
  return {
    driver: settings.driver,
    driverOptions: settings.driverOptions,
    seed: settings.seed,
    keys: settings.keys,
    tags: settings.tags,
    clients: settings.clients,
    writeShare: settings.writeShare,
    pause: settings.pause,
    minLatency: settings.minLatency,
    maxLatency: settings.maxLatency,
    operationTimeout: settings.operationTimeout,
  }
}
