import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createProject, node } from './project.js'

const REPOSITORY = join(import.meta.dirname, '../..')

const installed = join(inject('consumer'), 'node_modules/strata-cache')

describe('the packed package', () => {
  test('publint has nothing to say', async () => {
    const result = await node(
      REPOSITORY,
      bin('publint/src/cli.js'),
      'run',
      inject('tarball'),
      '--strict',
    )
    expect(result.stdout).toContain('All good!')
    expect(result.status).toBe(0)
  })

  test('its types resolve for every importer of ES modules', async () => {
    const args = [inject('tarball'), '--profile', 'esm-only', '--no-emoji', '--no-color']
    const result = await node(REPOSITORY, bin('@arethetypeswrong/cli/dist/index.js'), ...args)
    expect(result, result.stdout).toMatchObject({ status: 0 })
  })

  test('holds what a user needs and nothing else', async () => {
    const top = (await readdir(installed)).toSorted()
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md']
    expect(top).toEqual([...texts, 'dist', 'native', 'package.json', 'src'])
    const native = (await readdir(join(installed, 'native'))).toSorted()
    expect(native, "of the addon its loader, without Rust's sources").toEqual([
      'index.d.ts',
      'index.js',
    ])
  })

  test('every source map leads to a source that is in the package', async () => {
    const files = await readdir(join(installed, 'dist'), { recursive: true })
    const maps = files
      .filter((file) => file.endsWith('.map'))
      .map((file) => join(installed, 'dist', file))
    expect(maps.length).toBeGreaterThan(0)
    await Promise.all(maps.map(sourcesOf))
  })
})

describe('entry points', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await createProject([inject('tarball'), '@opentelemetry/api@1'])
    await cp(join(import.meta.dirname, 'fixtures/exports'), folder, { recursive: true })
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test('each one can be imported and required when its optional peers are there', async () => {
    const text = await readFile(join(installed, 'package.json'), 'utf8')
    const { exports } = JSON.parse(text) as { exports: Record<string, unknown> }
    const names = Object.keys(exports).filter((name) => !name.endsWith('.json'))
    const result = await node(
      folder,
      'both.mjs',
      ...names.map((name) => join('strata-cache', name)),
    )
    expect(result).toEqual({ status: 0, stdout: `${names.length} entry points\n`, stderr: '' })
  })
})

function bin(path: string): string {
  return join(REPOSITORY, 'node_modules', path)
}

/** Reads every source that a map names; fails when one is missing. */
async function sourcesOf(map: string): Promise<readonly string[]> {
  const { sources } = JSON.parse(await readFile(map, 'utf8')) as { sources: string[] }
  return Promise.all(sources.map((source) => readFile(join(dirname(map), source), 'utf8')))
}
