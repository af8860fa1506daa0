import { describe, expect, it } from 'vitest'
import { type CheckReport, formatReport, violationsOf } from '../../../src/checker/index.js'
import { atRest, judged, read, write } from './histories.js'

function reportOf(name: string, maxStaleness: number): CheckReport {
  const judgement = judged(
    [
      write('1', 'a', 1, 10),
      { ...read('0', 'a', 0, 15), source: 'memory' },
      read('1', 'a', 0, 3_000),
      read('0', 'a', 'foreign', 20),
      atRest('0', 'a', 1, 4_000),
    ],
    { maxStaleness },
  )
  return {
    name,
    seed: 42,
    processes: 1,
    keys: 1,
    tags: 0,
    maxStaleness,
    elapsed: 1_234,
    loads: 1_234_567,
    killed: 0,
    longestPause: 12.34,
    judgement,
    violations: violationsOf(judgement, { maxStaleness, restReads: 1 }),
  }
}

describe('a report as text', () => {
  it('has a column for each and a row for each age', () => {
    const text = formatReport(reportOf('one', 0), reportOf('two', 100))
    expect(text).toMatch(/^ +one +two\nseed +42 +42\n/)
    expect(text).toMatch(/may be stale for +never +100 ms\n/)
    expect(text).toMatch(/that ran the loader +1,234,567 +1,234,567\n/)
    expect(text).toMatch(/aged up to 10 ms +1 +1\n/)
    expect(text).toMatch(/aged up to 100 ms +0\n/)
    expect(text).toMatch(/aged up to 2000 ms +0\n/)
    expect(text).toMatch(/older +1 +1\n/)
    expect(text).toMatch(/contract +BROKEN +BROKEN\n/)
  })

  it('tells what broke the contract, with examples and the seed', () => {
    expect(formatReport(reportOf('two', 100)).split('\n\n')[1]).toBe(
      [
        'two broke its contract (seed 42):',
        '- 1 stale reads in the process that had invalidated',
        '    process 1 read version 0 of a, 2990.0 ms after process 1 had acknowledged version 1 (delete)',
        '- 1 stale reads more than 100 ms after the invalidation',
        '    process 1 read version 0 of a, 2990.0 ms after process 1 had acknowledged version 1 (delete)',
        '- 1 reads of a value that no load made for this key',
        '    process 0 read a: foreign',
        '',
      ].join('\n'),
    )
  })

  it('tells where a stale value came from', () => {
    expect(formatReport(reportOf('one', 0))).toContain('version 0 of a from memory, 5.0 ms after')
  })

  it('says so when all is well', () => {
    const text = formatReport({ ...reportOf('good', 0), violations: [] })
    expect(text).toMatch(/contract +kept\n/)
    expect(text).toContain('good kept its contract.')
  })
})
