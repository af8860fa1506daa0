import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { node, type Run } from './project.js'

const REPOSITORY = join(import.meta.dirname, '../..')

const CLEAN = { status: 0, stdout: '', stderr: '' }

const LEAST = { target: 'es2022', strict: true, skipLibCheck: true, types: ['node'], noEmit: true }

const consumer = inject('consumer')
const folder = join(consumer, 'types')

beforeAll(async () => {
  await cp(join(import.meta.dirname, 'fixtures/types'), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
})

describe('under TypeScript 5.9', () => {
  test('the packed types are right, with every strict option and declarations checked', async () => {
    const options = {
      module: 'nodenext',
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
    }
    expect(
      await compile({ compilerOptions: { ...LEAST, ...options }, files: ['main.ts'] }),
    ).toEqual(CLEAN)
  })

  test('the packed types are right for a bundler', async () => {
    const options = {
      module: 'esnext',
      moduleResolution: 'bundler',
      exactOptionalPropertyTypes: true,
    }
    expect(
      await compile({ compilerOptions: { ...LEAST, ...options }, files: ['main.ts'] }),
    ).toEqual(CLEAN)
  })

  test('the sources and the type tests are right', async () => {
    const tests = await readdir(join(REPOSITORY, 'test'), { recursive: true })
    const typeTests = tests.filter((file) => file.endsWith('.test-d.ts'))
    const files = ['src/index.ts', ...typeTests.map((file) => join('test', file))]
    const project = {
      extends: join(REPOSITORY, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(REPOSITORY, 'node_modules/@types')] },
      include: [],
      files: files.map((file) => join(REPOSITORY, file)),
    }
    expect(await compile(project)).toEqual(CLEAN)
  })

  test('the packed types are right for both kinds of decorators', async () => {
    for (const experimentalDecorators of [false, true]) {
      const options = { module: 'nodenext', experimentalDecorators }
      const project = { compilerOptions: { ...LEAST, ...options }, files: ['decorator.ts'] }
      expect(await compile(project)).toEqual(CLEAN)
    }
  })
})

/** Runs the compiler on these settings. */
async function compile(project: Readonly<Record<string, unknown>>): Promise<Run> {
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
  return node(folder, join(consumer, 'node_modules/typescript/bin/tsc'))
}
