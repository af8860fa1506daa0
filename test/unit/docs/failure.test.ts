import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Registry } from 'prom-client'
import * as errors from '../../../src/errors.js'
import { createCache } from '../../../src/index.js'
import { promMetrics } from '../../../src/telemetry/index.js'
import { root } from './from-source.js'
import { codes, readDoc, rowsUnder, type Row } from './tables.js'

const doc = readDoc('failure.md')
const rows = tablesOf(doc)

/** Options of a cache, and of the others that the page speaks of. */
const OPTIONS = new Set(
  [
    ...rowsUnder(readDoc('options.md'), 'Option'),
    ...rowsUnder(readDoc('server.md'), 'Server option'),
    ...rowsUnder(readDoc('service.md'), 'Setting'),
    ...rowsUnder(readDoc('client.md'), 'Option'),
  ].flatMap(([name = '']) => codes(name)),
)

describe('docs/failure.md', () => {
  it('has rows, all of one form', () => {
    expect(rows.length).toBeGreaterThan(40)
    for (const row of rows) {
      expect(row, row[0]).toHaveLength(7)
      expect(row[1], row[0]).toMatch(/[.)]$/)
    }
  })

  it('names for each row tests that exist', () => {
    for (const [what = '', ...cells] of rows) {
      const tests = codes(cells.at(-1) ?? '')
      expect(tests, what).not.toEqual([])
      const missing = tests.filter((file) => !existsSync(join(root, 'test', file)))
      expect(missing, what).toEqual([])
    }
  })

  it('names errors that exist, and every one that a read can bring', () => {
    const named = codesOf(3).filter((code) => /^[A-Z]\w+Error$/.test(code))
    expect(named.filter((name) => !Object.keys(errors).includes(name))).toEqual([])
    for (const name of ['LoadTimeoutError', 'OverloadedError', 'RemoteLoadError', 'ClosedError']) {
      expect(named).toContain(name)
    }
  })

  it('names reasons of failures that exist', () => {
    const reasons = rowsUnder(readDoc('errors.md'), 'Reason').flatMap(([one = '']) => codes(one))
    const told = [...reasons, 'record', 'oversize', 'error', 'stale', 'queued', 'miss']
    for (const cell of [...column(3), ...column(4)]) {
      for (const [, inside = ''] of cell.matchAll(/\(([^)]*)\)/g)) {
        expect(codes(inside).filter((reason) => !told.includes(reason))).toEqual([])
      }
    }
  })

  it('names metrics that a cache tells', () => {
    const registry = new Registry()
    promMetrics(createCache(), { registry })
    const told = registry.getMetricsAsArray().map(({ name }) => name)
    const named = codesOf(4).filter((code) => code.startsWith('strata_'))
    expect(named.length).toBeGreaterThan(20)
    for (const name of named) expect(told).toContain(name.replace(/_count$/, ''))
  })

  it('names options that exist', () => {
    const named = codesOf(5).filter((code) => code !== 'maxmemory-policy')
    expect(named.filter((name) => !isOption(name))).toEqual([])
  })
})

/** An option, or an object of them. */
function isOption(name: string): boolean {
  return OPTIONS.has(name) || [...OPTIONS].some((option) => option.startsWith(`${name}.`))
}

function column(index: number): string[] {
  return rows.map((row) => row[index] ?? '')
}

function codesOf(index: number): string[] {
  return column(index).flatMap(codes)
}

function tablesOf(text: string): readonly Row[] {
  const headers = [...text.matchAll(/^\| ([^|]+) \|.*\| Test \|$/gm)]
  return headers.flatMap(({ index, 1: header = '' }) => rowsUnder(text.slice(index), header))
}
