import { closeSync, openSync, writeSync } from 'node:fs'
import type { Read, ReadResult, WriteKind, WriteResult } from './history.js'

/** What is known of a write before its invalidation. */
export interface BegunWrite {
  readonly kind: WriteKind
  readonly versions: readonly (readonly [key: string, version: number])[]
  readonly begun: number
}

/** Lines of a journal: a read, the begin of a write, the end of a write. */
export type Line =
  | readonly [
      'r',
      key: string,
      begun: number,
      ended: number,
      ReadResult,
      source: string | 0,
      atRest: 0 | 1,
    ]
  | readonly ['b', id: number, BegunWrite]
  | readonly ['e', id: number, ended: number, WriteResult]

/** Reads held back before they are written: a process that is killed loses these, and no more than these. */
const MAX_HELD = 500

/**
 * The history of one process, a file of JSON lines. Writes are in it before their call and right after their answer, so that
 * what a killed process had begun is known.
 */
export class Journal {
  readonly #file: number
  #held: string[] = []
  #id = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  read({ key, begun, ended, result, source, atRest }: Omit<Read, 'process'>): void {
    const flag = atRest === true ? 1 : 0
    this.#held.push(lineOf(['r', key, instant(begun), instant(ended), result, source ?? 0, flag]))
    if (this.#held.length >= MAX_HELD) this.flush()
  }

  /** Returns how to note its end. */
  beginWrite(
    write: Omit<BegunWrite, 'begun'>,
    begun: number,
  ): (ended: number, result: WriteResult) => void {
    const id = ++this.#id
    writeSync(this.#file, lineOf(['b', id, { ...write, begun: instant(begun) }]))
    return (ended, result) => {
      writeSync(this.#file, lineOf(['e', id, instant(ended), result]))
    }
  }

  flush(): void {
    if (this.#held.length > 0) writeSync(this.#file, this.#held.join(''))
    this.#held = []
  }

  close(): void {
    this.flush()
    closeSync(this.#file)
  }
}

/** To a tenth of a microsecond; keeps the order of two instants or makes them equal. */
function instant(ms: number): number {
  return Math.round(ms * 1e4) / 1e4
}

function lineOf(line: Line): string {
  return `${JSON.stringify(line)}\n`
}
