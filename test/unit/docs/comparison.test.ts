import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './from-source.js'
import { readDoc } from './tables.js'

const doc = readDoc('comparison.md')
const installed = versionsIn('bench/package.json')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
}

const headers = [...doc.matchAll(/^\| \| Strata .*\|$/gm)].map(([line]) => cellsOf(line).slice(1))

it('docs/comparison.md compares the versions that bench installs', () => {
  expect(headers).toHaveLength(2)
  const named = headers.flat().map((cell) => /^(\S+) ([\d.]+)$/.exec(cell) ?? [])
  for (const [cell, name = '', said = ''] of named) {
    if (name === 'nginx') continue
    expect([cell, said]).toEqual([cell, name === 'Strata' ? version : installed[name]])
  }
  expect(named.map(([, name]) => name)).toContain('bentocache')
})

it('docs/comparison.md has a cell for each in every row', () => {
  for (const table of doc.split('\n\n').filter((block) => block.startsWith('| | Strata'))) {
    const rows = table.split('\n').map(cellsOf)
    expect(new Set(rows.map((row) => row.length)).size).toBe(1)
    expect(rows.length).toBeGreaterThan(8)
  }
})

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

function versionsIn(file: string): Record<string, string | undefined> {
  const { dependencies } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [name, range.replace(/^\^/, '')]),
  )
}
