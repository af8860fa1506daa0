import { expect, it } from 'vitest'
import { resultOf, type Result } from '../../../bench/report/result.js'
import { formatSummary, type SummaryRow } from '../../../bench/report/summary.js'
import { caseWith, conditions, rowOf } from './rows.js'

const rows = ['none', 'one', 'two', 'three'].map((from): SummaryRow => ({
  what: `what ${from} says`,
  from,
  strata: (of) => `${of.value('strata', 'ms')} ms`,
  against: (of) => `${of.measured(of.others).length} peers: ${of.range(of.others, 'ms', 1, ' ms')}`,
}))

function result(name: string, changed: Partial<Result['conditions']>): Result {
  const failed = { name: 'failed', samples: [], error: 'it broke' }
  const peers = [
    rowOf('a', 'ms', ['> 15 s']),
    rowOf('b', 'ms', [7.04]),
    rowOf('c', 'ms', [9]),
    failed,
  ]
  const found = [rowOf('strata', 'ms', [3]), ...peers]
  const benchmark = caseWith([{ key: 'ms', title: 'ms' }])
  return { ...resultOf(benchmark, found, { ...conditions, ...changed }), name }
}

const results = [
  result('one', { commit: 'aaaaaaa' }),
  result('two', { machine: 'Another x 8', programs: { Redis: '7.0' } }),
  result('three', { commit: 'bbbbbbb', isChanged: true, busy: { before: 1, after: 60 } }),
]

it('has a table for each machine, with what they were measured on, and one of what was not measured', () => {
  const text = formatSummary(rows, (name) => results.find((result) => result.name === name))
  const header = '|  | Strata | measured against | command |\n| --- | --- | --- | --- |'
  const measured = (name: string) =>
    `| what ${name} says | 3 ms | 3 peers: 7.0 ms to > 15 s | \`npm run bench -- ${name}\` |`
  expect(text).toBe(
    [
      'A processor x 2, 4 GB, Linux 6.1; Node 20.20.0; 2026-01-02; commit aaaaaaa, bbbbbbb with changes; other programs took at most 60 % of the processors:',
      '',
      header,
      measured('one'),
      measured('three'),
      '',
      'Another x 8; Redis 7.0; 2026-01-02; commit abc1234; other programs took at most 5 % of the processors:',
      '',
      header,
      measured('two'),
      '',
      'Not yet measured:',
      '',
      header,
      '| what none says | not measured on this version |  | `npm run bench -- none` |',
    ].join('\n'),
  )
})

it.each<[string, SummaryRow['strata']]>([
  ['contestant', (of) => of.value('nobody', 'ms')],
  ['column', (of) => of.value('strata', 'nothing')],
  ['ratio', (of) => of.ratio('strata', 'ms', 'a')],
])('refuses figures of a %s that is not there', (what, strata) => {
  const row: SummaryRow = { what: '', from: 'one', strata, against: () => '' }
  expect(() => formatSummary([row], () => results[0])).toThrow(`one: no ${what}`)
})

it('says of a contestant that failed that it did', () => {
  const row: SummaryRow = {
    what: '',
    from: 'one',
    strata: (of) => of.value('failed', 'ms', 1, ' ms'),
    against: (of) => of.ratio('failed', 'ms', 'a'),
  }
  expect(formatSummary([row], () => results[0])).toContain('| failed | failed |')
})
