import { readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { node } from './project.js'

const FIXTURES = join(import.meta.dirname, 'fixtures/loads')

/** What a value's codec needs beside msgpackr itself: its optional addon and what finds that addon. */
const MSGPACKR_ADDON = ['msgpackr-extract', 'node-gyp-build-optional-packages', 'detect-libc']

const folder = join(inject('consumer'), 'loads')

beforeAll(async () => {
  await cp(FIXTURES, folder, { recursive: true })
})

/** The files of `entry` that check what a caller has said. */
const OPTION_CHECKS = [
  join('entry', 'did-you-mean.js'),
  join('entry', 'duration.js'),
  join('entry', 'option.js'),
  'errors.js',
]

describe('what an entry point loads', () => {
  test.each(['import-only.mjs', 'memory-only.mjs', 'server.mjs'])(
    '%s: neither ioredis nor an addon of Strata',
    async (script) => {
      const loaded = await filesLoadedBy(script)
      const others = packagesOf(loaded).filter((name) => !name.startsWith('@msgpackr-extract/'))
      const allowed = new Set(['strata-cache', 'lru-cache', 'msgpackr', ...MSGPACKR_ADDON])
      expect(others).toContain('strata-cache')
      expect(others).toContain('msgpackr')
      expect(others.filter((name) => !allowed.has(name))).toEqual([])
      expect(addonsOf(loaded)).toEqual([])
    },
  )

  test('checker: nothing but its own files', async () => {
    const loaded = await filesLoadedBy('checker.mjs')
    expect(packagesOf(loaded)).toEqual(['strata-cache'])
    const own = loaded.filter((file) => file.includes(join('strata-cache', 'dist')))
    const others = own.filter((file) => !file.includes(join('dist', 'checker')))
    expect([own.length > 5, others]).toEqual([true, []])
  })

  test('client: its own files, errors, and what checks options', async () => {
    const loaded = await filesLoadedBy('client.mjs')
    expect(packagesOf(loaded)).toEqual(['strata-cache'])
    const own = loaded.filter((file) => file.includes(DIST))
    expect(ownOutside('client', loaded)).toEqual(OPTION_CHECKS)
    const imported = own.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) .*from '(.*)'/gm)].map(
        (match) => match[1] ?? '',
      ),
    )
    expect(imported.length).toBeGreaterThan(own.length)
    expect(imported.filter((name) => !/^\.\.?\//.test(name))).toEqual([])
  })

  test.each(['keyv', 'cache-manager'])(
    '%s: its own files, errors, and what checks options; not the package it stands in for',
    async (entry) => {
      const loaded = await filesLoadedBy(`${entry}.mjs`)
      expect(packagesOf(loaded)).toEqual(['strata-cache'])
      expect(OPTION_CHECKS).toEqual(expect.arrayContaining([...ownOutside('compat', loaded)]))
    },
  )

  test('decorator: nothing but files of its own package', async () => {
    const loaded = await filesLoadedBy('decorator.mjs')
    expect(packagesOf(loaded)).toEqual(['strata-cache'])
    expect(addonsOf(loaded)).toEqual([])
  })

  test('server with an origin: of undici its pool, without its index', async () => {
    const loaded = await filesLoadedBy('with-origin.mjs')
    const parts = loaded.filter((file) => file.includes(join('node_modules', 'undici')))
    expect(parts.some((file) => file.endsWith(join('dispatcher', 'pool.js')))).toBe(true)
    expect(parts.filter((file) => file.endsWith(join('undici', 'index.js')))).toEqual([])
    expect(parts.filter((file) => file.includes(join('lib', 'web')))).toEqual([])
  })
  test.each(['express', 'fastify', 'hono', 'koa', 'node', 'nest'])(
    '%s: what a cache in memory needs, and not its framework',
    async (adapter) => {
      const loaded = await filesLoadedBy(`${adapter}.mjs`)
      const others = packagesOf(loaded).filter((name) => !name.startsWith('@msgpackr-extract/'))
      const allowed = new Set(['strata-cache', 'lru-cache', 'msgpackr', ...MSGPACKR_ADDON])
      expect(others).toContain('strata-cache')
      expect(others.filter((name) => !allowed.has(name))).toEqual([])
      expect(addonsOf(loaded)).toEqual([])
    },
  )

  test('with redis: ioredis as well', async () => {
    const loaded = await filesLoadedBy('with-redis.mjs')
    expect(packagesOf(loaded)).toContain('ioredis')
    expect(addonsOf(loaded)).toEqual([])
  })
})

const DIST = join('strata-cache', 'dist')

/** Files of the package outside of this folder. */
function ownOutside(part: string, files: readonly string[]): readonly string[] {
  return files
    .filter((file) => file.includes(DIST) && !file.includes(join(DIST, part)))
    .map((file) => file.slice(file.indexOf(DIST) + DIST.length + 1))
    .toSorted()
}

async function filesLoadedBy(script: string): Promise<readonly string[]> {
  const trace = pathToFileURL(join(folder, 'trace.mjs')).href
  const result = await node(folder, '--import', trace, join(folder, script))
  expect(result).toMatchObject({ status: 0, stderr: '' })
  return JSON.parse(result.stdout.slice(result.stdout.lastIndexOf('\n'))) as string[]
}

/** The names of the packages that the files belong to. */
function packagesOf(files: readonly string[]): readonly string[] {
  const names = files.map(
    (file) => /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1],
  )
  return [...new Set(names.filter((name) => name !== undefined))].map((name) =>
    name.replace(sep, '/'),
  )
}

/** Addons and our loader of one, except the optional addon of msgpackr. */
function addonsOf(files: readonly string[]): readonly string[] {
  const loader = join('strata-cache', 'native', 'index.js')
  return files.filter(
    (file) =>
      file.endsWith(loader) || (file.endsWith('.node') && !file.includes('@msgpackr-extract')),
  )
}
