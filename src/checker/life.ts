import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { Assignment, Order, WorkerReport } from './assignment.js'
import { startChild } from './child.js'
import { gate, type Gate } from './gate.js'

/** What a worker reports once. */
type Milestone = 'ready' | 'finished' | 'rested' | 'closed'

export interface LifeOptions {
  readonly assignment: Assignment
  readonly execArgv: readonly string[]
  /** It says that it cannot go on. */
  readonly onFailure: (message: string) => void
  readonly onExit: (code: number | null, signal: string | null) => void
}

/** One worker process, from its start to its end. */
export class Life {
  readonly #child: ChildProcess
  readonly #onFailure: (message: string) => void
  readonly #milestones: Readonly<Record<Milestone, Gate<void>>> = {
    ready: gate(),
    finished: gate(),
    rested: gate(),
    closed: gate(),
  }
  /** Opened when another one has taken its place and begun. */
  readonly succeeded: Gate<void> = gate()
  /** As last reported. */
  reads = 0
  writes = 0
  longestPause = 0

  constructor({ assignment, execArgv, onFailure, onExit }: LifeOptions) {
    // made here: one that is killed early may not have come to it
    writeFileSync(assignment.journal, '')
    this.#onFailure = onFailure
    this.#child = startChild('worker-process', JSON.stringify(assignment), execArgv)
    this.#child.on('message', (report: WorkerReport) => this.#listen(report))
    this.#child.once('exit', onExit)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  reached(milestone: Milestone): Promise<void> {
    return this.#milestones[milestone].promise
  }

  /** One that dies meanwhile cannot hear; its successor is told. */
  order(order: Order): void {
    if (this.#child.connected) this.#child.send(order, () => {})
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal)
  }

  #listen(report: WorkerReport): void {
    switch (report.kind) {
      case 'failed':
        return this.#onFailure(report.message)
      case 'progress':
        this.reads = report.reads
        this.writes = report.writes
        this.longestPause = report.longestPause
        return
      case 'ready':
      case 'finished':
      case 'rested':
      case 'closed':
        this.#milestones[report.kind].open()
    }
  }
}
