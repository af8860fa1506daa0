import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  EXAMPLES,
  indexedExamples,
  indexedFolders,
  packagesOf,
  readExample,
} from '../../support/example-index.js'
import { codes } from './tables.js'

const rows = indexedExamples()

describe('examples/README.md', () => {
  it('names everything in the folder', () => {
    const named = [...rows.map(({ file }) => file.split('/')[0] ?? ''), ...indexedFolders()]
    expect(named.toSorted()).toEqual(
      readdirSync(EXAMPLES)
        .filter((name) => name !== 'README.md' && !/^[._]/.test(name))
        .toSorted(),
    )
  })

  it.each(rows)('has the idea and the command of $file as the file has them', (row) => {
    const [idea, command] = commentOf(readExample(row.file))
    expect([idea, command?.trim()]).toEqual([row.idea, row.command])
    expect(row.command.split(' ').at(-1)).toBe(`examples/${row.file}`)
  })

  it.each(rows)('says what $file needs', ({ file, needs }) => {
    const code = readExample(file)
    const said = /^(?:\/\/|#) Needs ([^:]*):/m.exec(code)?.[1] ?? ''
    expect(needs.replaceAll(/(, )?`[^`]*`/g, '')).toBe(said)
    expect(codes(needs)).toEqual(expect.arrayContaining([...packagesOf(code)]))
  })

  it.each(rows)('lists $file, which is short', ({ file }) => {
    expect(readExample(file).trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })
})

/** The lines of the comment that a file begins with. */
function commentOf(code: string): string[] {
  const lines = code.split('\n')
  const end = lines.findIndex((line) => !/^(\/\/|#) /.test(line))
  return lines.slice(0, end).map((line) => line.replace(/^(\/\/|#) /, ''))
}
