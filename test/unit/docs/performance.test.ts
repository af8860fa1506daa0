import { describe, expect, it } from 'vitest'
import type { Case } from '../../../bench/case.js'
import { caseNames, loadCase } from '../../../bench/cases.js'
import type { Row } from '../../../bench/conduct.js'
import { blockNames, withoutBlocks } from '../../../bench/report/block.js'
import { formatComparison } from '../../../bench/report/comparison.js'
import { BEHAVIOUR_COLUMNS, SPEED_COLUMNS } from '../../../bench/report/comparison-columns.js'
import { documents, readDocument, renderDocument } from '../../../bench/report/documents.js'
import { resultOf, type Result } from '../../../bench/report/result.js'
import { CACHE_ROWS, SERVER_ROWS } from '../../../bench/report/summary-rows.js'
import { formatSummary } from '../../../bench/report/summary.js'
import { conditions } from '../bench/rows.js'

const rows = [...CACHE_ROWS, ...SERVER_ROWS]

describe('figures in documents', () => {
  it.each(documents())(
    'of %s are those that bench/results has (npm run bench -- --render)',
    (name) => {
      expect(readDocument(name)).toBe(renderDocument(name))
    },
  )

  it('stand in README.md, docs/performance.md and docs/comparison.md', () => {
    const summaries = ['summary-cache', 'summary-servers', 'comparison']
    expect(blockNames(readDocument('README.md'))).toEqual(summaries)
    const tables = blockNames(readDocument('docs/performance.md'))
    expect(tables.toSorted()).toEqual(caseNames().toSorted())
    expect(blockNames(readDocument('docs/comparison.md'))).toEqual(['comparison-behaviour'])
  })

  it('are written by no hand in the sections about them', () => {
    const readme = /^## Performance$[\s\S]*^## Comparison$[\s\S]*?(?=^## )/m
    const texts = [
      readme.exec(readDocument('README.md'))?.[0] ?? '',
      readDocument('docs/performance.md'),
    ]
    for (const text of texts.map(withoutBlocks)) {
      expect(text).toContain('## ')
      expect(text.match(/^\|.*/gm) ?? []).toEqual([])
      expect(
        text.match(/\d+\.\d+(?!\.\d)|\d ?(?:%|times|[mnu]s|[kM]?B|bytes|GB|KB)\b.*/g) ?? [],
      ).toEqual([])
    }
  })

  it('are written by no hand in docs/comparison.md, whose other tables are words', () => {
    const text = withoutBlocks(readDocument('docs/comparison.md'))
    expect(text).toContain('## ')
    expect(text.match(/\d ?(?:%|times|runs|loads|[mnu]?s|[kM]?B|bytes|GB|KB)\b.*/g) ?? []).toEqual(
      [],
    )
    expect(text.match(/^\|.*\| [*>]*[\d.,]+\**(?= \|).*/gm) ?? []).toEqual([])
  })

  it('of summaries are all measured by the case that a row names', async () => {
    const measured = new Map<string, Result>()
    for (const name of caseNames()) measured.set(name, resultWithOnes(await loadCase(name)))
    const summary = formatSummary(rows, (name) => measured.get(name))
    expect(summary.match(/^\| .* \| `npm run bench -- [a-z0-9-]+` \|$/gm)).toHaveLength(rows.length)
    expect(summary).not.toMatch(/NaN|undefined|failed| -[ ,;]/)
    for (const columns of [SPEED_COLUMNS, BEHAVIOUR_COLUMNS]) {
      const comparison = formatComparison(columns, (name) => measured.get(name))
      expect(comparison).not.toMatch(/NaN|undefined|failed|\| - \|/)
    }
  })
})

/** What a run would give in which all that is measured were 1. */
function resultWithOnes(benchmark: Case): Result {
  const sample = Object.fromEntries(benchmark.columns.map(({ key }) => [key, 1]))
  const ones = benchmark.contestants.map(({ name }): Row => ({ name, samples: [sample] }))
  return resultOf(benchmark, ones, conditions)
}
