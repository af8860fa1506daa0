import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromSource, root } from './from-source.js'
import { readDoc } from './tables.js'

/**
 * A `ts` block that begins with an import is a whole program: it type-checks, and those that need no Redis run and print
 * what stands behind `// =>`.
 */
interface Example {
  readonly name: string
  readonly code: string
  readonly prints: readonly string[]
}

const run = promisify(execFile)
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
const examples = [...docs, '../README.md'].flatMap(examplesOf)

let folder: string

beforeAll(() => {
  // below node_modules: packages are found from here, and no other tool looks
  const parent = join(root, 'node_modules/.cache')
  mkdirSync(parent, { recursive: true })
  folder = mkdtempSync(join(parent, 'strata-docs-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const { name, code } of examples) writeFileSync(join(folder, name), code)
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('examples in docs', () => {
  it('exist on every page that shows code', () => {
    expect(examples.length).toBeGreaterThan(5)
  })

  it('type-check', { timeout: 120_000 }, async () => {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        typeRoots: [join(root, 'node_modules/@types')],
        allowImportingTsExtensions: true,
        // readers' own projects need not be erasable: parameter properties are usual in classes
        erasableSyntaxOnly: false,
      },
      include: [],
      files: examples.map(({ name }) => join(folder, name)),
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
  })

  const alone = examples.filter(({ code }) => !code.includes('redis://'))

  it.each(alone)('$name runs and prints what it says', { timeout: 60_000 }, async (example) => {
    const { stdout } = await run(
      process.execPath,
      ['--import', 'tsx', join(folder, example.name)],
      {
        cwd: root,
      },
    )
    expect(stdout.trimEnd().split('\n')).toEqual(
      example.prints.length === 0 ? [''] : example.prints,
    )
  })
})

function examplesOf(doc: string): Example[] {
  return [...readDoc(doc).matchAll(/```ts\n(import [\s\S]*?)```/g)].map((match, index) => {
    const code = match[1] ?? ''
    return {
      name: `${basename(doc, '.md')}-${index + 1}.ts`,
      code: fromSource(code),
      prints: [...code.matchAll(/\/\/ => (.*)/g)].map((line) => line[1] ?? ''),
    }
  })
}
