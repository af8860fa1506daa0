import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as errors from '../../../src/errors.js'
import * as index from '../../../src/index.js'
import { codes, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('errors.md')
const source = readFileSync(new URL('../../../src/errors.ts', import.meta.url), 'utf8')

type ErrorClass = new (...args: unknown[]) => errors.StrataError

const classes = Object.entries(errors).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof errors.StrataError,
) as [string, ErrorClass][]

const codeOf = Object.fromEntries(classes.map(([name, Class]) => [name, new Class('x', {}).code]))

describe('docs/errors.md', () => {
  it('has a row for every error class, with its code, and for nothing else', () => {
    const rows = rowsUnder(doc, 'Class').map(([name = '', code = '']) => [
      codes(name)[0],
      codes(code)[0],
    ])
    expect(Object.fromEntries(rows)).toEqual(codeOf)
    expect(rows).toHaveLength(classes.length)
  })

  it('says when and what to do in every row', () => {
    for (const [, , when, what] of rowsUnder(doc, 'Class')) {
      expect(when).toMatch(/\.$/)
      expect(what).toMatch(/\.$/)
    }
  })

  it('has a row for every reason of a TierUnavailableError', () => {
    const union = /export type TierFailure =\n((?: {2}\| .*\n)+)/.exec(source)?.[1] ?? ''
    const reasons = [...union.matchAll(/\| '([a-z]+)'/g)].map((match) => match[1])
    expect(reasons).not.toEqual([])
    expect(rowsUnder(doc, 'Reason').map(([reason = '']) => codes(reason)[0])).toEqual(reasons)
  })
})

describe('error classes', () => {
  it.each(classes)('%s has the code of its name', (name) => {
    const words = name.replace(/Error$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    expect(codeOf[name]).toBe(`STRATA_${words.toUpperCase()}`)
  })

  it.each(classes)('%s is exported by the package', (name, Class) => {
    expect((index as Record<string, unknown>)[name]).toBe(Class)
  })
})
