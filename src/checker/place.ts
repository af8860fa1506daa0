import type { Assignment } from './assignment.js'
import type { WorkerHandle } from './fault.js'
import { Life } from './life.js'
import type { JournalFile } from './read-journal.js'

export interface PlaceOptions {
  /** What every life in this place is told alike. */
  readonly assignment: Omit<Assignment, 'life' | 'journal'>
  readonly journalOf: (process: string) => string
  readonly execArgv: readonly string[]
  readonly onFailure: (error: Error) => void
}

/** What happened in a place so far. */
export interface PlaceTally {
  readonly reads: number
  readonly writes: number
  /** How many died. */
  readonly killed: number
  /** Milliseconds. */
  readonly longestPause: number
}

/** One process of the check: a worker, and the next one when that was killed. */
export class Place {
  readonly #options: PlaceOptions
  readonly #lives: Life[] = []
  readonly journals: JournalFile[] = []
  #stage: 'starting' | 'running' | 'finishing' | 'finished' | 'over' = 'starting'

  constructor(options: PlaceOptions) {
    this.#options = options
  }

  /** Name of the process that lives. */
  get name(): string {
    return nameOf(this.#options.assignment.process, this.#lives.length - 1)
  }

  tally(): PlaceTally {
    const sum = (count: (life: Life) => number): number =>
      this.#lives.reduce((total, life) => total + count(life), 0)
    return {
      reads: sum(({ reads }) => reads),
      writes: sum(({ writes }) => writes),
      killed: this.#lives.length - 1,
      longestPause: Math.max(...this.#lives.map(({ longestPause }) => longestPause)),
    }
  }

  handle(): WorkerHandle {
    const life = this.#present
    return {
      process: this.#options.assignment.process,
      pid: life.pid,
      kill: async () => {
        life.signal('SIGKILL')
        await life.succeeded.promise
      },
      stop: () => life.signal('SIGSTOP'),
      cont: () => life.signal('SIGCONT'),
    }
  }

  /** Resolves when its driver is there. */
  async start(): Promise<void> {
    await this.#startLife().reached('ready')
  }

  begin(): void {
    this.#stage = 'running'
    this.#present.order('begin')
  }

  /** Resolves when the worker, whichever it is by then, has done all it was to do. */
  async whenFinished(): Promise<void> {
    let life: Life
    do {
      life = this.#present
      await Promise.race([life.reached('finished'), life.succeeded.promise])
    } while (life !== this.#present)
  }

  async finish(): Promise<void> {
    this.#stage = 'finishing'
    this.#present.signal('SIGCONT')
    this.#present.order('finish')
    await this.whenFinished()
    this.#stage = 'finished'
  }

  async readAtRest(): Promise<void> {
    this.#present.order('read-at-rest')
    await this.#present.reached('rested')
  }

  async close(): Promise<void> {
    this.#stage = 'over'
    this.#present.order('close')
    await this.#present.reached('closed')
  }

  kill(): void {
    this.#stage = 'over'
    this.#lives.at(-1)?.signal('SIGKILL')
  }

  get #present(): Life {
    const life = this.#lives.at(-1)
    if (life === undefined) throw new Error('this process was not started')
    return life
  }

  #startLife(): Life {
    const { assignment, journalOf, execArgv, onFailure } = this.#options
    const number = this.#lives.length
    const name = nameOf(assignment.process, number)
    const journal = journalOf(name)
    const operations = this.#operationsLeft()
    const life = new Life({
      assignment: { ...assignment, life: number, journal, operations },
      execArgv,
      onFailure: (message) => onFailure(new Error(`process ${name}: ${message}`)),
      onExit: (code, signal) => this.#mourn(life, code, signal),
    })
    this.#lives.push(life)
    this.journals.push({ process: name, path: journal })
    return life
  }

  #operationsLeft(): number | null {
    const { operations } = this.#options.assignment
    if (operations === null) return null
    return this.#lives.reduce(
      (left, { reads, writes }) => Math.max(0, left - reads - writes),
      operations,
    )
  }

  /** One that was killed is replaced; one that ended by itself is a failure of the check. */
  #mourn(life: Life, code: number | null, signal: string | null): void {
    if (this.#stage === 'over') return
    if (signal !== null && (this.#stage === 'running' || this.#stage === 'finishing')) {
      void this.#replace(life)
      return
    }
    this.#options.onFailure(new Error(`process ${this.name} ended (${signal ?? `code ${code}`})`))
  }

  async #replace(dead: Life): Promise<void> {
    const life = this.#startLife()
    // one that is killed before it is ready is replaced itself
    await Promise.race([life.reached('ready'), life.succeeded.promise])
    life.order('begin')
    if (this.#stage === 'finishing') life.order('finish')
    dead.succeeded.open()
  }
}

function nameOf(process: number, life: number): string {
  return life === 0 ? `${process}` : `${process}.${life}`
}
