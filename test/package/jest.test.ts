import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createProject, node } from './project.js'

const JEST = 'node_modules/jest/bin/jest.js'

let folder = ''

beforeAll(async () => {
  folder = await createProject([inject('tarball'), 'jest@30', '@babel/preset-env@7'])
  await cp(join(import.meta.dirname, 'fixtures/jest'), folder, { recursive: true })
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

test('Jest 30 runs tests that require the package when it may transform it', async () => {
  await configure({
    testMatch: ['**/*.test.js'],
    transform: {
      '\\.js$': [
        'babel-jest',
        { presets: [['@babel/preset-env', { targets: { node: 'current' } }]] },
      ],
    },
    transformIgnorePatterns: ['/node_modules/(?!strata-cache/)'],
  })
  expect(passed(await jest())).toEqual({ status: 0, passed: 2, total: 2 })
})

test('Jest 30 runs tests that import the package with --experimental-vm-modules', async () => {
  await configure({ testMatch: ['**/*.test.mjs'], transform: {} })
  expect(passed(await jest('--experimental-vm-modules'))).toEqual({
    status: 0,
    passed: 1,
    total: 1,
  })
})

async function configure(config: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(join(folder, 'jest.config.json'), JSON.stringify(config))
}

function jest(...flags: readonly string[]): ReturnType<typeof node> {
  return node(folder, ...flags, JEST, '--config', 'jest.config.json', '--json')
}

function passed(result: Awaited<ReturnType<typeof node>>): unknown {
  if (result.stdout === '') throw new Error(result.stderr)
  const report = JSON.parse(result.stdout) as { numPassedTests: number; numTotalTests: number }
  if (result.status !== 0) throw new Error(result.stderr)
  return { status: result.status, passed: report.numPassedTests, total: report.numTotalTests }
}
