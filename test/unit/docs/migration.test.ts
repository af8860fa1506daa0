import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './from-source.js'
import { readDoc } from './tables.js'

/**
 * The programs "before" in docs/migration.md, against the packages they are written for. Those are installed by
 * `npm run bench:install`, which `npm run types` calls; what stands under "after" is an example like all others.
 */
const doc = readDoc('migration.md')
const programs = [...doc.matchAll(/```ts\n\/\/ before: (\S+)\n([\s\S]*?)```/g)].map(
  ([, name = '', code = '']) => ({
    name,
    code,
    prints: [...code.matchAll(/\/\/ => (.*)/g)].map(([, line = '']) => line),
  }),
)

const modules = join(root, 'bench/node_modules')
const isInstalled = existsSync(join(modules, 'bentocache'))
const isNeeded = process.env['CI'] !== undefined
const run = promisify(execFile)

/** It has no types of its own. */
const UNTYPED = `
declare module 'apicache' {
  import type { RequestHandler } from 'express'
  const apicache: { middleware(duration: string): RequestHandler; clear(target?: string): unknown }
  export default apicache
}
`

describe('docs/migration.md', () => {
  it('has a program before for each package, and one after it', () => {
    const named = ['bentocache', 'cache-manager', 'cacheable', 'keyv', 'apicache']
    expect(programs.map(({ name }) => name)).toEqual(named)
    expect(doc.match(/\nAfter:\n\n```ts\nimport /g)).toHaveLength(named.length)
  })
})

describe.skipIf(!isInstalled && !isNeeded)('programs before (npm run bench:install)', () => {
  let folder = ''

  beforeAll(() => {
    // below its node_modules: these packages are found from here, and no other tool looks
    mkdirSync(join(modules, '.cache'), { recursive: true })
    folder = mkdtempSync(join(modules, '.cache/strata-docs-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'untyped.d.ts'), UNTYPED)
    for (const { name, code } of programs) writeFileSync(join(folder, `${name}.ts`), code)
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are there to be tried', () => {
    expect(isInstalled, 'npm run bench:install').toBe(true)
  })

  it('type-check', { timeout: 120_000 }, async () => {
    const config = {
      extends: join(root, 'bench/tsconfig.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
      include: [],
      files: ['untyped.d.ts', ...programs.map(({ name }) => `${name}.ts`)],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
      (error: { stdout: string }) => error,
    )
    expect(stdout).toBe('')
  })

  const alone = programs.filter(({ code }) => !code.includes('6379'))

  it.each(alone)('$name runs and prints what it says', async ({ name, prints }) => {
    const file = join(folder, `${name}.ts`)
    const { stdout } = await run(process.execPath, ['--import', 'tsx', file], { cwd: root })
    expect(stdout.trimEnd().split('\n')).toEqual(prints.length === 0 ? [''] : prints)
  })
})
