import { closeSync, openSync, readSync } from 'node:fs'
import type { History, Read, Write } from './history.js'
import type { BegunWrite, Line } from './journal.js'

/** A journal and whose it is. */
export interface JournalFile {
  readonly process: string
  readonly path: string
}

/** The history of all processes, read from their journals each time it is gone through. */
export function historyOf(files: readonly JournalFile[]): History {
  return {
    writes: { [Symbol.iterator]: () => all(files, writesOf) },
    reads: { [Symbol.iterator]: () => all(files, readsOf) },
  }
}

function* all<T>(
  files: readonly JournalFile[],
  from: (file: JournalFile) => Generator<T>,
): Generator<T> {
  for (const file of files) yield* from(file)
}

/** A write without an end is unknown: the process died, or the run ended, before there was an answer. */
function* writesOf({ process, path }: JournalFile): Generator<Write> {
  const begun = new Map<number, BegunWrite>()
  for (const line of linesOf(path, ['b', 'e'])) {
    if (line[0] === 'b') begun.set(line[1], line[2])
    if (line[0] !== 'e') continue
    const [, id, ended, result] = line
    const write = begun.get(id)
    begun.delete(id)
    if (write !== undefined) yield { process, ...write, ended, result }
  }
  for (const write of begun.values()) {
    yield { process, ...write, ended: undefined, result: 'unknown' }
  }
}

function* readsOf({ process, path }: JournalFile): Generator<Read> {
  for (const line of linesOf(path, ['r'])) {
    if (line[0] !== 'r') continue
    const [, key, begun, ended, result, source, atRest] = line
    yield {
      process,
      key,
      begun,
      ended,
      result,
      source: source === 0 ? undefined : source,
      atRest: atRest === 1,
    }
  }
}

/** Whole lines of these kinds. What a killed process left without an end of line is dropped. */
function* linesOf(path: string, kinds: readonly Line[0][]): Generator<Line> {
  const wanted = kinds.map((kind) => `["${kind}"`)
  for (const text of textLinesOf(path)) {
    if (wanted.includes(text.slice(0, 4))) yield JSON.parse(text) as Line
  }
}

const CHUNK = 1 << 20

function* textLinesOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const chunk = Buffer.alloc(CHUNK)
    let rest = Buffer.alloc(0)
    for (;;) {
      const length = readSync(file, chunk)
      if (length === 0) return
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)])
      const end = bytes.lastIndexOf('\n') + 1
      rest = Buffer.from(bytes.subarray(end))
      if (end > 0) yield* bytes.toString('utf8', 0, end - 1).split('\n')
    }
  } finally {
    closeSync(file)
  }
}
