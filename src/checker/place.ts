import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { Assignment, Order, WorkerReport } from './assignment.js'
import { startChild } from './child.js'
import type { WorkerHandle } from './fault.js'
import { gate, type Gate } from './gate.js'
import type { JournalFile } from './read-journal.js'

/** What every life in a place is told alike. */
export type PlaceAssignment = Omit<Assignment, 'life' | 'journal'>

export interface PlaceOptions {
  readonly assignment: PlaceAssignment
  readonly journalOf: (process: string) => string
  readonly execArgv: readonly string[]
  readonly onFailure: (error: Error) => void
}

/** One process of the check: a worker, and the next one when that was killed. */
export class Place {
  readonly #options: PlaceOptions
  readonly journals: JournalFile[] = []
  #life = -1
  #child: ChildProcess | undefined
  #finished: Gate<void> = gate()
  #replaced: Gate<void> = gate()
  readonly #reports = new Map<WorkerReport['kind'], () => void>()
  #stage: 'idle' | 'running' | 'finishing' | 'ending' | 'over' = 'idle'
  /** Of lives that ended, and of the present one. */
  #past = { reads: 0, writes: 0 }
  #present = { reads: 0, writes: 0 }
  longestPause = 0

  constructor(options: PlaceOptions) {
    this.#options = options
  }

  get name(): string {
    const { process } = this.#options.assignment
    return this.#life === 0 ? `${process}` : `${process}.${this.#life}`
  }

  /** How many died here. */
  get killed(): number {
    return this.#life
  }

  get reads(): number {
    return this.#past.reads + this.#present.reads
  }

  get writes(): number {
    return this.#past.writes + this.#present.writes
  }

  handle(): WorkerHandle {
    const child = this.#child
    return {
      process: this.#options.assignment.process,
      pid: child?.pid ?? 0,
      kill: async () => {
        const { promise } = this.#replaced
        child?.kill('SIGKILL')
        await promise
      },
      stop: () => void child?.kill('SIGSTOP'),
      cont: () => void child?.kill('SIGCONT'),
    }
  }

  /** Starts a worker; resolves when its driver is there. */
  async start(): Promise<void> {
    this.#life++
    this.#past = { reads: this.reads, writes: this.writes }
    this.#present = { reads: 0, writes: 0 }
    this.#finished = gate()
    const { assignment, journalOf, execArgv } = this.#options
    const journal = journalOf(this.name)
    const operations =
      assignment.operations === null
        ? null
        : Math.max(0, assignment.operations - this.reads - this.writes)
    const whole: Assignment = { ...assignment, life: this.#life, journal, operations }
    // made here: one that is killed early may not have come to it
    writeFileSync(journal, '')
    const ready = this.#hear('ready')
    const child = startChild('worker-process', JSON.stringify(whole), execArgv)
    this.#child = child
    this.journals.push({ process: this.name, path: journal })
    child.on('message', (report: WorkerReport) => this.#listen(report))
    child.once('exit', (code, signal) => this.#mourn(code, signal))
    await ready
  }

  begin(): void {
    this.#stage = 'running'
    this.#send('begin')
  }

  /** Resolves when the worker, whichever it is by then, has done all it was to do. */
  async whenFinished(): Promise<void> {
    let life: number
    do {
      life = this.#life
      await this.#finished.promise
    } while (life !== this.#life)
  }

  async finish(): Promise<void> {
    this.#stage = 'finishing'
    this.#child?.kill('SIGCONT')
    this.#send('finish')
    await this.whenFinished()
    this.#stage = 'ending'
  }

  async readAtRest(): Promise<void> {
    const rested = this.#hear('rested')
    this.#send('read-at-rest')
    await rested
  }

  async close(): Promise<void> {
    this.#stage = 'over'
    const closed = this.#hear('closed')
    this.#send('close')
    await closed
  }

  kill(): void {
    this.#stage = 'over'
    this.#child?.kill('SIGKILL')
  }

  #hear(kind: WorkerReport['kind']): Promise<void> {
    return new Promise((resolve) => this.#reports.set(kind, resolve))
  }

  #listen(report: WorkerReport): void {
    if (report.kind === 'failed') {
      this.#options.onFailure(new Error(`process ${this.name}: ${report.message}`))
    } else if (report.kind === 'progress') {
      this.#present = { reads: report.reads, writes: report.writes }
      this.longestPause = Math.max(this.longestPause, report.longestPause)
    } else if (report.kind === 'finished') this.#finished.open()
    else this.#reports.get(report.kind)?.()
  }

  /** One that was killed is replaced; one that ended by itself is a failure of the check. */
  #mourn(code: number | null, signal: string | null): void {
    if (this.#stage === 'over') return
    if (signal === null || this.#stage === 'idle' || this.#stage === 'ending') {
      this.#options.onFailure(new Error(`process ${this.name} ended (${signal ?? `code ${code}`})`))
      return
    }
    this.#replace().catch((error: unknown) => this.#options.onFailure(error as Error))
  }

  async #replace(): Promise<void> {
    const before = this.#finished
    const starting = this.start()
    before.open()
    await starting
    this.#send('begin')
    if (this.#stage === 'finishing') this.#send('finish')
    const replaced = this.#replaced
    this.#replaced = gate()
    replaced.open()
  }

  /** One that dies meanwhile cannot hear: its successor is told. */
  #send(order: Order): void {
    const child = this.#child
    if (child?.connected === true) child.send(order, () => {})
  }
}
