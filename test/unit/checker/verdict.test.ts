import { describe, expect, it } from 'vitest'
import { type Read, type Rule, violationsOf, type Write } from '../../../src/checker/index.js'
import { atRest, judged, read, write } from './histories.js'

/** Two processes, one key: everything is there and right. */
const right: readonly (Read | Write)[] = [
  write('0', 'a', 1, 10),
  read('1', 'a', 1, 11),
  atRest('0', 'a', 1, 1_010),
  atRest('1', 'a', 1, 1_010),
]
const [written, , ownRest, otherRest] = right as [Write, Read, Read, Read]

type Row = [title: string, operations: readonly (Read | Write)[], strict: Rule[], bounded: Rule[]]

describe('the verdict', () => {
  it.each<Row>([
    ['everything right', right, [], []],
    ['stale in another process, in time', [...right, read('1', 'a', 0, 12)], ['stale'], []],
    [
      'stale in another process, in the last moment',
      [...right, read('1', 'a', 0, 2_010)],
      ['stale'],
      [],
    ],
    [
      'stale in another process, too late',
      [...right, read('1', 'a', 0, 2_011)],
      ['stale'],
      ['beyond'],
    ],
    [
      'stale in the process that had invalidated',
      [...right, read('0', 'a', 0, 12)],
      ['stale'],
      ['own-process'],
    ],
    ['both', [...right, read('0', 'a', 0, 2_011)], ['stale'], ['own-process', 'beyond']],
    ['wrong at rest', [...right.slice(0, 3), atRest('1', 'a', 0, 1_010)], ['at-rest'], ['at-rest']],
    ['a value of another key', [...right, read('0', 'a', 'foreign', 12)], ['foreign'], ['foreign']],
    ['no reads', [written, ownRest, otherRest], ['unchecked'], ['unchecked']],
    [
      'reads that fail',
      [written, ownRest, otherRest, read('0', 'a', 'failed', 1)],
      ['unchecked'],
      ['unchecked'],
    ],
    [
      'no writes',
      [read('0', 'a', 0, 1), atRest('0', 'a', 0, 9), atRest('1', 'a', 0, 9)],
      ['unchecked'],
      ['unchecked'],
    ],
    [
      'a queued write is none',
      [write('0', 'a', 1, 10, 'queued'), ...right.slice(1)],
      ['unchecked'],
      ['unchecked'],
    ],
    ['a process not read at rest', right.slice(0, 3), ['unchecked'], ['unchecked']],
    [
      'a read at rest that fails',
      [...right.slice(0, 3), atRest('1', 'a', 'failed', 9)],
      ['unchecked'],
      ['unchecked'],
    ],
  ])('%s', (_, operations, strict, bounded) => {
    const rulesOf = (maxStaleness: number): Rule[] =>
      violationsOf(judged(operations, { maxStaleness }), { maxStaleness, restReads: 2 }).map(
        ({ rule }) => rule,
      )
    expect([rulesOf(0), rulesOf(2_000)]).toEqual([strict, bounded])
  })

  it('counts and says it in words', () => {
    const operations = [...right, read('1', 'a', 0, 12), read('1', 'a', 0, 13)]
    expect(violationsOf(judged(operations), { maxStaleness: 0, restReads: 2 })).toEqual([
      { rule: 'stale', count: 2, message: '2 stale reads; none is allowed' },
    ])
  })
})
