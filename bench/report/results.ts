import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Result } from './result.js'

const FOLDER = new URL('../results/', import.meta.url)

function fileOf(name: string): URL {
  return new URL(`${name}.json`, FOLDER)
}

/** What is kept of a case; undefined: it was never measured. */
export function readResult(name: string): Result | undefined {
  const file = fileOf(name)
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')) as Result
}

/**
 * Keeps a result in the place of the one before, as a whole: rows of different runs are not to be compared. It is not kept if
 * it has less to say, which is when a contestant failed that the one before has values of. Gives the names of these.
 */
export function keepResult(result: Result): readonly string[] {
  const lost = lostIn(result, readResult(result.name))
  if (lost.length > 0) return lost
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(fileOf(result.name), `${JSON.stringify(result, null, 2)}\n`)
  return []
}

/** Contestants that failed now, and did not before; without a result before, all of them if none has values. */
export function lostIn(result: Result, before: Result | undefined): readonly string[] {
  const failed = result.rows.filter(({ error }) => error !== undefined).map(({ name }) => name)
  if (before === undefined) return failed.length === result.rows.length ? failed : []
  const had = before.rows.filter(({ error }) => error === undefined).map(({ name }) => name)
  return failed.filter((name) => had.includes(name))
}
