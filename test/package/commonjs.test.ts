import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { node } from './project.js'

const REPOSITORY = join(import.meta.dirname, '../..')
const FIXTURES = join(import.meta.dirname, 'fixtures/commonjs')

const consumer = inject('consumer')
const folder = join(consumer, 'commonjs')

const TYPESCRIPT_5 = join(consumer, 'node_modules/typescript/bin/tsc')
const TYPESCRIPT_7 = join(REPOSITORY, 'node_modules/typescript/bin/tsc')

beforeAll(async () => {
  await cp(FIXTURES, folder, { recursive: true })
})

test('a CommonJS script requires the package', async () => {
  expect(await node(folder, 'require.cjs')).toEqual({ status: 0, stdout: '42\n', stderr: '' })
})

describe('a TypeScript project that is compiled to CommonJS', () => {
  test.each([
    ['TypeScript 5.9, module nodenext', TYPESCRIPT_5, { module: 'nodenext' }],
    ['TypeScript 5.9, module commonjs', TYPESCRIPT_5, { module: 'commonjs' }],
    ['TypeScript 7, module nodenext', TYPESCRIPT_7, { module: 'nodenext' }],
    ['TypeScript 7, module node20', TYPESCRIPT_7, { module: 'node20' }],
    ['TypeScript 7, module commonjs', TYPESCRIPT_7, { module: 'commonjs' }],
  ])('%s', async (_title, tsc, options) => {
    await configure(options)
    expect(await node(folder, tsc)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await readFile(join(folder, 'out/main.js'), 'utf8')).toContain('require("strata-cache")')
    expect(await node(folder, 'out/main.js')).toEqual({
      status: 0,
      stdout: '42 function\n',
      stderr: '',
    })
  })

  test('module node16 and node18 do not know that require() loads ES modules', async () => {
    await configure({ module: 'node18' })
    expect((await node(folder, TYPESCRIPT_5)).stdout).toContain('TS1479')
  })
})

/** The least a project needs beside its module setting: strict checks and a Node target. */
async function configure(options: Readonly<Record<string, unknown>>): Promise<void> {
  const compilerOptions = {
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    outDir: 'out',
    ...options,
  }
  await rm(join(folder, 'out'), { recursive: true, force: true })
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['main.ts'] }),
  )
}
