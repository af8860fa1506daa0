import type { Name } from './contestant.js'
import type { Report } from './journal.js'

/** What a worker does when its parent says so. */
export interface WorkerCalls {
  open(): Promise<void>
  startReading(): void
  stopReading(): Promise<void>
  startWriting(): void
  /** Resolves when every write that was begun has been acknowledged. */
  stopWriting(): Promise<void>
  /** The version of every row, by row, as each cache has it. */
  survey(): Promise<Record<Name, number[]>>
  report(): Report
  close(): Promise<void>
}

/** What a worker asks of its parent: the database, and a line on the screen. */
export interface ParentCalls {
  load(row: number): Promise<number>
  update(row: number): number
  say(text: string): void
}
