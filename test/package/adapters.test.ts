import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createProject, node } from './project.js'

const TYPES = [
  'typescript@~5.9',
  '@types/node@^20',
  '@types/express@5',
  'fastify@5.11',
  'hono@4',
  '@types/koa@3',
  '@nestjs/common@11',
  'rxjs@7',
  'reflect-metadata@0.2',
]

let folder = ''

beforeAll(async () => {
  folder = await createProject([inject('tarball'), ...TYPES])
  await cp(join(import.meta.dirname, 'fixtures/adapters'), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test.each(['nodenext', 'bundler'] as const)(
  'the types of the adapters are right beside those of the frameworks (%s)',
  async (moduleResolution) => {
    const compilerOptions = {
      target: 'es2022',
      module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      types: ['node'],
      noEmit: true,
    }
    const project = { compilerOptions, files: ['main.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
    const result = await node(folder, join(folder, 'node_modules/typescript/bin/tsc'))
    expect(result).toEqual({ status: 0, stdout: '', stderr: '' })
  },
)
