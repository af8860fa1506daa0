import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codes, readDoc, type Row } from './tables.js'

const doc = readDoc('conformance.md')
const root = new URL('../../../', import.meta.url)

/** The rows of all tables: section, level, rule, file, test. */
const rows: readonly Row[] = doc
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Section '))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )

/** A name alone is that of a file in the folder; with folders it is a path. */
function fileIn(folder: string, name: string): URL {
  return new URL(name.includes('/') ? name : `${folder}/${name}`, root)
}

/** The cell `a.test.ts`: title. */
function citation(cell: string): [file: string, title: string] {
  const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(cell) ?? []
  return [file, title]
}

describe('docs/conformance.md', () => {
  it('has tables of five columns', () => {
    expect(rows.length).toBeGreaterThan(80)
    for (const row of rows) expect(row).toHaveLength(5)
  })

  it.each(rows.filter(([, , , file]) => file !== '-'))('%s %s %s: %s, %s', (...row) => {
    const [, , , files = '', test = ''] = row
    expect(codes(files)).not.toEqual([])
    for (const file of codes(files)) expect(existsSync(fileIn('src/http', file)), file).toBe(true)
    const [file, title] = citation(test)
    const text = readFileSync(fileIn('test/unit/http', file), 'utf8')
    const quoted = [`'${title}`, `"${title}`, '`' + title]
    expect(
      quoted.some((start) => text.includes(start)),
      title,
    ).toBe(true)
  })

  it('has a row for every file with a rule', () => {
    const named = new Set(rows.flatMap(([, , , files = '']) => codes(files)))
    const text = (file: string) => readFileSync(new URL(`src/http/${file}`, root), 'utf8')
    const withRules = readdirSync(new URL('src/http/', root)).filter((file) =>
      /RFC 9111|RFC 5861|RFC 9211|RFC 9213|RFC 9875/.test(text(file)),
    )
    expect(withRules.filter((file) => !named.has(file))).toEqual([])
  })
})
