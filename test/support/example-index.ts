import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rowsUnder } from '../unit/docs/tables.js'

export const EXAMPLES: string = join(import.meta.dirname, '../../examples')

/** A row of the index in examples/README.md. */
export interface IndexedExample {
  readonly file: string
  readonly idea: string
  readonly needs: string
  readonly command: string
}

export function indexedExamples(): readonly IndexedExample[] {
  return rowsUnder(readIndex(), 'File').map(([file = '', idea = '', needs = '', command = '']) => ({
    file: linked(file),
    idea,
    needs,
    command: command.replaceAll('`', ''),
  }))
}

/** The folders that hold more than an example. */
export function indexedFolders(): readonly string[] {
  return rowsUnder(readIndex(), 'Folder').map(([folder = '']) => linked(folder))
}

export function readExample(file: string): string {
  return readFileSync(join(EXAMPLES, file), 'utf8')
}

/** The packages that it imports, beside Strata's entry points and Node's own. */
export function packagesOf(code: string): readonly string[] {
  const specifiers = [...code.matchAll(/^import .*?'([^'.][^']*)'$/gms)].map(
    ([, name = '']) => name,
  )
  const foreign = specifiers.filter((name) => !/^(node:|strata-cache)/.test(name))
  return [...new Set(foreign)]
}

function readIndex(): string {
  return readExample('README.md')
}

/** `[name](name)`, where both are the same. */
function linked(cell: string): string {
  const [, name, target] = /^\[(.+)\]\((.+)\)$/.exec(cell) ?? []
  if (name === undefined || name !== target) throw new Error(`no link to what it names: ${cell}`)
  return name
}
