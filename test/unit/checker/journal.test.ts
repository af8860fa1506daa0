import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { historyOf } from '../../../src/checker/index.js'
import { Journal } from '../../../src/checker/journal.js'

describe('the journal of a process', () => {
  let folder: string
  let path: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strata-journal-'))
    path = join(folder, 'journal.jsonl')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const reads = () => [...historyOf([{ process: '2', path }]).reads]
  const writes = () => [...historyOf([{ process: '2', path }]).writes]

  it('gives reads back as they were', () => {
    const journal = new Journal(path)
    journal.read({ key: 'a', begun: 1.5, ended: 2, result: 7, source: 'memory' })
    journal.read({ key: 'b', begun: 3, ended: 4, result: 'failed', atRest: true })
    journal.close()
    const process = '2'
    expect(reads()).toEqual([
      { process, key: 'a', begun: 1.5, ended: 2, result: 7, source: 'memory', atRest: false },
      { process, key: 'b', begun: 3, ended: 4, result: 'failed', source: undefined, atRest: true },
    ])
  })

  it('gives writes back, those without an end as unknown', () => {
    const journal = new Journal(path)
    const one = {
      kind: 'tag',
      versions: [
        ['a', 1],
        ['b', 4],
      ],
    } as const
    const two = { kind: 'set', versions: [['a', 2]] } as const
    const end = journal.beginWrite(one, 10)
    journal.beginWrite(two, 11)
    end(12, 'queued')
    journal.close()
    expect(writes()).toEqual([
      { process: '2', ...one, begun: 10, ended: 12, result: 'queued' },
      { process: '2', ...two, begun: 11, ended: undefined, result: 'unknown' },
    ])
  })

  it('has a write on disk before its call, and reads after a while', () => {
    const journal = new Journal(path)
    journal.beginWrite({ kind: 'delete', versions: [['a', 1]] }, 10)
    expect(writes()).toHaveLength(1)
    for (let n = 0; n < 499; n++) journal.read({ key: 'a', begun: n, ended: n, result: 0 })
    expect(reads()).toHaveLength(0)
    journal.read({ key: 'a', begun: 500, ended: 500, result: 0 })
    expect(reads()).toHaveLength(500)
    journal.close()
  })

  it('is read in spite of a last line that was cut off', () => {
    const journal = new Journal(path)
    journal.read({ key: 'a', begun: 1, ended: 2, result: 7 })
    journal.close()
    appendFileSync(path, '["r","a",3,')
    expect(reads()).toHaveLength(1)
  })

  it('may be longer than what is read at once', () => {
    const journal = new Journal(path)
    const key = 'ü'.repeat(500)
    for (let n = 0; n < 3_000; n++) journal.read({ key, begun: n, ended: n, result: n })
    journal.close()
    expect(reads().map(({ result }) => result)).toEqual(Array.from({ length: 3_000 }, (_, n) => n))
    expect(new Set(reads().map((read) => read.key))).toEqual(new Set([key]))
  })
})
