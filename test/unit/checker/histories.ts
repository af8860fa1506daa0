import type {
  History,
  Judgement,
  Read,
  ReadResult,
  Write,
  WriteKind,
  WriteResult,
} from '../../../src/checker/index.js'
import { judge } from '../../../src/checker/index.js'

/** A write of one key that begins 1 ms before it ends. */
export function write(
  process: string,
  key: string,
  version: number,
  ended: number,
  result: WriteResult = 'applied',
  kind: WriteKind = 'delete',
): Write {
  return {
    process,
    kind,
    versions: [[key, version]],
    begun: ended - 1,
    ended: result === 'unknown' ? undefined : ended,
    result,
  }
}

/** A read that takes 1 ms. */
export function read(process: string, key: string, result: ReadResult, begun: number): Read {
  return { process, key, begun, ended: begun + 1, result }
}

export function atRest(process: string, key: string, result: ReadResult, begun: number): Read {
  return { ...read(process, key, result, begun), atRest: true }
}

export interface JudgeTerms {
  readonly maxStaleness?: number
  readonly living?: readonly string[]
  /** Default: the highest that was written. */
  readonly newest?: Readonly<Record<string, number>>
}

export function judged(operations: readonly (Read | Write)[], terms: JudgeTerms = {}): Judgement {
  const writes = operations.filter((one): one is Write => 'versions' in one)
  const reads = operations.filter((one): one is Read => !('versions' in one))
  const history: History = { writes, reads }
  const newest = new Map(Object.entries(terms.newest ?? {}))
  for (const [key, version] of writes.flatMap(({ versions }) => versions)) {
    newest.set(key, Math.max(version, newest.get(key) ?? 0))
  }
  const { maxStaleness = 0, living = ['0', '1', '2'] } = terms
  return judge(history, { maxStaleness, newest, living: new Set(living) })
}
