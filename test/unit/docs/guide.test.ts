import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readDoc, rowsUnder } from './tables.js'

const folder = new URL('../../../examples/guide/rows/', import.meta.url)
const names = readdirSync(folder)
  .filter((file) => file !== 'all.ts')
  .map((file) => file.replace('.ts', ''))
const text = readDoc('guide.md')
const table = rowsUnder(text, 'row')

describe('docs/guide.md', () => {
  it('has the rows of examples/guide/rows, each a file of its name', () => {
    const documented = table.map(([link]) => /\[`(.+)`\]/.exec(link ?? '')?.[1])
    expect(documented).toHaveLength(names.length)
    expect(new Set(documented)).toEqual(new Set(names))
  })

  it.each(names)('tells what %s found, in words and as a chart', (name) => {
    const row = table.find(([link]) => link === `[\`${name}\`](#${name})`)
    const source = readFileSync(new URL(`${name}.ts`, folder), 'utf8')
    const claim = /claim: \{ text: '(.+?)'/.exec(source)?.[1]
    expect(row?.[2]).toBe(claim)
    expect(row?.at(-1)).toMatch(/^(holds|holds only|does not hold|not measured)\b/)
    expect(text).toContain(`\n## ${name}\n`)
    expect(text).toContain(`](guide/${name}.svg)`)
    expect(existsSync(new URL(`../../../docs/guide/${name}.svg`, import.meta.url))).toBe(true)
  })
})
