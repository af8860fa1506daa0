import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Read, Write } from '../../../src/checker/index.js'
import { atRest, judged, type JudgeTerms, read, write } from './histories.js'

type Row = [title: string, operations: readonly (Read | Write)[], count: number, terms?: JudgeTerms]

const tagged: Write = {
  process: '1',
  kind: 'tag',
  versions: [
    ['a', 3],
    ['b', 7],
  ],
  begun: 9,
  ended: 10,
  result: 'applied',
}

describe('a read is stale', () => {
  it.each<Row>([
    ['after a newer version was acknowledged', [write('1', 'a', 1, 10), read('0', 'a', 0, 11)], 1],
    ['not with the version acknowledged', [write('1', 'a', 1, 10), read('0', 'a', 1, 11)], 0],
    [
      'not with a newer one still',
      [write('1', 'a', 1, 10), read('0', 'a', 2, 11)],
      0,
      { newest: { a: 2 } },
    ],
    ['not when it began before', [write('1', 'a', 1, 10), read('0', 'a', 0, 9.9)], 0],
    ['not when it began at the very instant', [write('1', 'a', 1, 10), read('0', 'a', 0, 10)], 0],
    ['not by what became of another key', [write('1', 'b', 1, 10), read('0', 'a', 0, 11)], 0],
    ['not by what was queued', [write('1', 'a', 1, 10, 'queued'), read('0', 'a', 0, 11)], 0],
    ['not by what failed', [write('1', 'a', 1, 10, 'failed'), read('0', 'a', 0, 11)], 0],
    ['not by what nobody knows', [write('1', 'a', 1, 10, 'unknown'), read('0', 'a', 0, 11)], 0],
    ['by a set', [write('1', 'a', 1, 10, 'applied', 'set'), read('0', 'a', 0, 11)], 1],
    ['by a tag, in each of its keys', [tagged, read('0', 'a', 2, 11), read('0', 'b', 6, 11)], 2],
    [
      'not by a tag when it has the versions',
      [tagged, read('0', 'a', 3, 11), read('0', 'b', 7, 11)],
      0,
    ],
    [
      'by a newer version that an older one was acknowledged after',
      [write('1', 'a', 2, 10), write('2', 'a', 1, 20), read('0', 'a', 1, 30)],
      1,
    ],
    [
      'whatever the order of the histories',
      [read('0', 'a', 1, 30), write('1', 'a', 2, 25), write('2', 'a', 1, 5)],
      1,
    ],
    [
      'not by the older of two, read between them',
      [write('1', 'a', 1, 10), write('1', 'a', 2, 20), read('0', 'a', 1, 15)],
      0,
    ],
    [
      'though its load ran while it was written',
      [write('1', 'a', 1, 10), { ...read('0', 'a', 0, 11), ended: 500 }],
      1,
    ],
    [
      'not when it only ended after',
      [write('1', 'a', 1, 10), { ...read('0', 'a', 0, 5), ended: 500 }],
      0,
    ],
    ['not at rest: that is counted apart', [write('1', 'a', 1, 10), atRest('0', 'a', 0, 2_000)], 0],
  ])('%s', (_, operations, count, terms) => {
    expect(judged(operations, terms).stale).toBe(count)
  })
})

describe('the age of a stale read', () => {
  it('is the time since the first invalidation that made its version stale', () => {
    const { oldest, examples } = judged([
      write('1', 'a', 1, 10),
      write('2', 'a', 2, 100),
      read('0', 'a', 0, 250),
      read('0', 'a', 1, 250),
    ])
    expect(oldest).toBe(240)
    expect(examples.stale.map(({ age, acknowledged }) => [age, acknowledged])).toEqual([
      [240, { at: 10, version: 1, process: '1', kind: 'delete' }],
      [150, { at: 100, version: 2, process: '2', kind: 'delete' }],
    ])
  })

  it.each<[age: number, row: number]>([
    [0.5, 1],
    [1, 1],
    [1.1, 10],
    [10, 10],
    [50, 50],
    [51, 2_000],
    [2_000, 2_000],
    [2_000.1, Number.POSITIVE_INFINITY],
  ])('of %d ms is counted under %d', (age, row) => {
    const { ages } = judged([write('1', 'a', 1, 0), read('0', 'a', 0, age)], {
      maxStaleness: 2_000,
    })
    expect(ages.filter(({ count }) => count > 0)).toEqual([{ upTo: row, count: 1 }])
  })

  it.each<[maxStaleness: number, bounds: number[]]>([
    [2_000, [1, 10, 50, 2_000, Number.POSITIVE_INFINITY]],
    [30, [1, 10, 30, Number.POSITIVE_INFINITY]],
    [0, [1, 10, 50, 2_000, Number.POSITIVE_INFINITY]],
  ])('has rows that end with a maxStaleness of %d', (maxStaleness, bounds) => {
    expect(judged([], { maxStaleness }).ages.map(({ upTo }) => upTo)).toEqual(bounds)
  })

  it.each<[age: number, count: number]>([
    [2_000, 0],
    [2_000.1, 1],
  ])('of %d ms is beyond a maxStaleness of 2 s: %d', (age, count) => {
    const operations = [write('1', 'a', 1, 0), read('0', 'a', 0, age)]
    expect(judged(operations, { maxStaleness: 2_000 }).staleBeyond).toBe(count)
  })
})

describe('a stale read is one of the own process', () => {
  it.each<Row>([
    ['when that had invalidated', [write('0', 'a', 1, 10), read('0', 'a', 0, 11)], 1],
    ['not when another had', [write('1', 'a', 1, 10), read('0', 'a', 0, 11)], 0],
    [
      'also when another had before',
      [write('1', 'a', 1, 10), write('0', 'a', 2, 20), read('0', 'a', 0, 21)],
      1,
    ],
    [
      'not when its own was not newer',
      [write('0', 'a', 1, 10), write('1', 'a', 2, 20), read('0', 'a', 1, 21)],
      0,
    ],
    [
      'not when its own came later',
      [write('1', 'a', 1, 10), write('0', 'a', 2, 20), read('0', 'a', 0, 15)],
      0,
    ],
    [
      'not when its own was queued',
      [write('1', 'a', 1, 10), write('0', 'a', 2, 12, 'queued'), read('0', 'a', 0, 15)],
      0,
    ],
    [
      'not when it took the place of the one that had',
      [write('0', 'a', 1, 10), read('0.1', 'a', 0, 11)],
      0,
    ],
  ])('%s', (_, operations, count) => {
    expect(judged(operations).staleInOwnProcess).toBe(count)
  })
})

describe('a read at rest is wrong', () => {
  it.each<Row>([
    ['with an older version', [write('1', 'a', 1, 10), atRest('0', 'a', 0, 1_010)], 1],
    ['not with the newest', [write('1', 'a', 1, 10), atRest('0', 'a', 1, 1_010)], 0],
    [
      'when the newest was queued, which must be done by now',
      [write('1', 'a', 1, 10, 'queued'), atRest('0', 'a', 0, 1_010)],
      1,
    ],
    [
      'not when the process that had queued it died',
      [write('1', 'a', 1, 10, 'queued'), atRest('0', 'a', 0, 1_010)],
      0,
      { living: ['0', '1.1'] },
    ],
    [
      'not when the newest had failed',
      [write('1', 'a', 1, 10, 'failed'), atRest('0', 'a', 0, 1_010)],
      0,
    ],
    [
      'not when nobody knows of the newest',
      [write('1', 'a', 1, 10, 'unknown'), atRest('0', 'a', 0, 1_010)],
      0,
    ],
    ['not before', [write('1', 'a', 1, 10), read('0', 'a', 0, 1_010)], 0],
  ])('%s', (_, operations, count, terms) => {
    expect(judged(operations, terms).rest.stale).toBe(count)
  })
})

describe('a read is foreign', () => {
  it.each<Row>([
    ['with a value of another key', [read('0', 'a', 'foreign', 1)], 1],
    ['with a version that was never written', [write('1', 'a', 1, 0), read('0', 'a', 2, 1)], 1],
    ['with any version of a key that was never written', [read('0', 'a', 1, 1)], 1],
    ['at rest too', [atRest('0', 'a', 'foreign', 1)], 1],
    ['not before the first write', [read('0', 'a', 0, 1)], 0],
    ['not with the newest version', [write('1', 'a', 1, 0), read('0', 'a', 1, 1)], 0],
  ])('%s', (_, operations, count) => {
    expect(judged(operations).foreign).toBe(count)
  })
})

describe('a stale read is undecided', () => {
  const later = [write('1', 'a', 2, 20), read('0', 'a', 1, 30)]

  it.each<Row>([
    [
      'with what a set stored that nobody knows of',
      [write('2', 'a', 1, 10, 'unknown', 'set'), ...later],
      1,
    ],
    ['with what a failed set stored', [write('2', 'a', 1, 10, 'failed', 'set'), ...later], 1],
    ['not with what a queued set stored', [write('2', 'a', 1, 10, 'queued', 'set'), ...later], 0],
    [
      'not with what an acknowledged set stored',
      [write('2', 'a', 1, 10, 'applied', 'set'), ...later],
      0,
    ],
    ['not after a delete that nobody knows of', [write('2', 'a', 1, 10, 'unknown'), ...later], 0],
    ['not with another version', [write('2', 'a', 0, 10, 'unknown', 'set'), ...later], 0],
  ])('%s', (_, operations, count) => {
    const { undecided, stale } = judged(operations)
    expect([undecided, stale]).toEqual([count, 1 - count])
  })
})

describe('the judge counts', () => {
  it('reads by what came of them, and by source', () => {
    const judgement = judged([
      { ...read('0', 'a', 0, 1), source: 'memory' },
      { ...read('0', 'a', 0, 2), source: 'memory' },
      read('0', 'a', 'failed', 3),
      atRest('0', 'a', 0, 4),
      atRest('0', 'a', 'failed', 5),
    ])
    expect(judgement).toMatchObject({
      reads: 2,
      failedReads: 1,
      rest: { reads: 1, failed: 1, stale: 0 },
      sources: { memory: 2 },
    })
  })

  it('writes by their result', () => {
    const { writes } = judged([
      write('0', 'a', 1, 1),
      write('0', 'a', 2, 2),
      write('0', 'a', 3, 3, 'queued'),
      write('0', 'a', 4, 4, 'failed'),
      write('0', 'a', 5, 5, 'unknown'),
    ])
    expect(writes).toEqual({ applied: 2, queued: 1, failed: 1, unknown: 1 })
  })

  it('keeps the first five examples', () => {
    const reads = Array.from({ length: 9 }, (_, n) => read('0', 'a', 0, 11 + n))
    const { stale, examples } = judged([write('0', 'a', 1, 10), ...reads])
    expect([stale, examples.stale.length]).toEqual([9, 5])
    expect(examples.stale[0]?.read).toBe(reads[0])
  })
})

describe('the judge agrees with the definition, word for word', () => {
  const instant = fc.integer({ min: 0, max: 30 })
  const key = fc.constantFrom('a', 'b')
  const process = fc.constantFrom('0', '1')
  const result = fc.constantFrom('applied' as const, 'queued' as const, 'failed' as const)
  const writes = fc.array(fc.tuple(process, key, fc.integer({ min: 1, max: 6 }), instant, result), {
    maxLength: 12,
  })
  const reads = fc.array(fc.tuple(process, key, fc.integer({ min: 0, max: 6 }), instant), {
    maxLength: 12,
  })

  it('on any history', () => {
    fc.assert(
      fc.property(writes, reads, (writeRows, readRows) => {
        const all = {
          writes: writeRows.map((row) => write(...row)),
          reads: readRows.map((row) => read(...row)),
        }
        const terms = { newest: { a: 6, b: 6 }, maxStaleness: 5 }
        const { stale, staleInOwnProcess, staleBeyond, oldest } = judged(
          [...all.writes, ...all.reads],
          terms,
        )
        const found = all.reads.map((one) => {
          const before = all.writes.filter(
            ({ result, versions: [[name, version] = ['', 0]], ended = 0 }) =>
              result === 'applied' &&
              name === one.key &&
              version > Number(one.result) &&
              ended < one.begun,
          )
          return {
            age: Math.max(...before.map(({ ended = 0 }) => one.begun - ended)),
            isOwn: before.some((by) => by.process === one.process),
          }
        })
        const wrong = found.filter(({ age }) => age > 0)
        expect([stale, staleInOwnProcess, staleBeyond, oldest]).toEqual([
          wrong.length,
          wrong.filter(({ isOwn }) => isOwn).length,
          wrong.filter(({ age }) => age > 5).length,
          Math.max(0, ...wrong.map(({ age }) => age)),
        ])
      }),
      { numRuns: 500 },
    )
  })
})
