import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './from-source.js'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const pages = ['README.md', 'CONTRIBUTING.md', ...listed('docs', '.md').map((one) => `docs/${one}`)]
const cases = listed('bench/cases', '.ts').map((name) => name.replace('.ts', ''))

describe.each(pages)('commands of %s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')

  it('are scripts of package.json', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([])
  })

  it('measure cases that exist', () => {
    const named = [...text.matchAll(/npm run bench -- ([a-z][a-z0-9 -]*)/g)].flatMap(
      ([, names = '']) => names.split(' ').filter((name) => /^[a-z]/.test(name)),
    )
    expect(named.filter((name) => !cases.includes(name))).toEqual([])
  })

  it('check histories of drivers that exist', () => {
    const named = [...text.matchAll(/--driver (\.\/bench\/\S+?\.ts)/g)].map(([, file = '']) => file)
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

it('commands are found', () => {
  expect(pages.length).toBeGreaterThan(10)
  expect(cases).toContain('l1-hit')
})

function listed(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder)).filter((name) => name.endsWith(ending))
}
