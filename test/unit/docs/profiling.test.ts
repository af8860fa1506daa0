import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseSwitches, switchNames, switchTexts } from '../../../examples/guide/app/switches.js'
import { rows } from '../../../examples/guide/rows/all.js'
import { root } from './from-source.js'

const text = readFileSync(join(root, 'docs/profiling.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** First groups of all that matches. */
const found = (pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, group = '']) => group)

describe('docs/profiling.md', () => {
  it('says of each switch what the program says', () => {
    const said = [...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, what]) => [
      name,
      what,
    ])
    expect(said).toEqual(switchNames.map((name) => [name, switchTexts[name]]))
  })

  it('names files that exist', () => {
    const files = found(/\b(examples\/[\w/-]+\.ts)\b/g)
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('names scripts that exist', () => {
    const names = found(/npm run ([\w:-]+)/g)
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('names switches and rows that exist', () => {
    for (const switches of found(/one\.ts (\S+) /g))
      expect(() => parseSwitches(switches)).not.toThrow()
    for (const switches of found(/`((?:\w+,)+\w+)`/g))
      expect(() => parseSwitches(switches)).not.toThrow()
    const names = found(/npm run guide -- ([\w -]+)`/g).flatMap((words) => words.split(' '))
    expect(names.length).toBeGreaterThan(0)
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  })
})
