import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../..')
const OXLINT = join(REPOSITORY, 'node_modules/oxlint/bin/oxlint')

/** The table of import boundaries: a part of src and what it may import. A file ends in .js, a folder does not. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'errors.js': [],
  'clock.js': [],
  entry: [],
  tier: ['entry'],
  flight: ['entry'],
  bus: ['entry'],
  cache: ['entry', 'tier', 'flight', 'bus'],
  redis: ['entry'],
  'create-cache.js': ['cache', 'entry', 'tier', 'flight', 'bus'],
  'index.js': ['create-cache.js', 'entry'],
  http: ['entry', 'cache'],
  adapter: ['http', 'cache', 'entry'],
  decorator: ['http', 'cache', 'entry'],
  native: [],
  proxy: ['http', 'entry'],
  server: ['http', 'proxy', 'native', 'cache', 'entry', 'create-cache.js'],
  telemetry: [],
  client: [],
  compat: [],
  checker: [],
  service: ['server', 'http', 'proxy', 'cache', 'telemetry', 'create-cache.js', 'entry'],
  cli: ['service', 'client', 'create-cache.js', 'entry'],
}
const PARTS = Object.keys(MAY_IMPORT)

/** Every part may import errors and clock, except these. */
const WITHOUT_CLOCK = new Set(['errors.js', 'clock.js', 'checker', 'native', 'index.js'])
const WITHOUT_ERRORS = new Set(['errors.js', 'clock.js', 'checker'])

/** What the table says in words. */
const IN_WORDS: readonly (readonly [file: string, line: string, verdict: 'allowed' | 'refused'])[] =
  [
    ['src/redis/words.ts', "export * from '../tier/tier.js'", 'allowed'],
    ['src/redis/words.ts', "export * from '../flight/lease.js'", 'allowed'],
    ['src/redis/words.ts', "export * from '../flight/lending.js'", 'allowed'],
    ['src/redis/words.ts', "export * from '../tier/exchange.js'", 'allowed'],
    ['src/redis/words.ts', "export * from '../bus/bus.js'", 'allowed'],
    ['src/redis/words.ts', "export * from '../tier/memory-tier.js'", 'refused'],
    ['src/redis/words.ts', "export type * from '../cache/cache.js'", 'refused'],
    ['src/redis/words.ts', "export * from 'ioredis'", 'allowed'],
    ['src/cache/words.ts', "export * from 'ioredis'", 'refused'],
    ['src/cache/words.ts', "export type * from 'ioredis'", 'refused'],
    ['src/cache/words.ts', "void import('../redis/connect.js')", 'refused'],
    ['src/cache/words.ts', "export * from '../entry/../redis/connect.js'", 'refused'],
    ['src/cache/words.ts', "export * from './../redis/connect.js'", 'refused'],
    ['src/cache/words.ts', "export * from '../../test/support.js'", 'refused'],
    ['src/cache/words.ts', "export * from './lookup.js'", 'allowed'],
    ['src/tier/words.ts', "export * from 'lru-cache'", 'allowed'],
    ['src/tier/words.ts', "export * from 'left-pad'", 'refused'],
    ['src/tier/words.ts', "export * from 'strata-cache'", 'refused'],
    ['src/entry/words.ts', "export * from 'node:fs/promises'", 'refused'],
    ['src/entry/words.ts', "export * from 'node:crypto'", 'allowed'],
    ['src/create-cache.ts', "void import('./redis/connect.js')", 'allowed'],
    ['src/create-cache.ts', "import type { A } from './redis/connect.js'", 'allowed'],
    ['src/create-cache.ts', "import type { Redis } from 'ioredis'", 'allowed'],
    ['src/create-cache.ts', "import { settingsOf } from './redis/redis-settings.js'", 'allowed'],
    ['src/create-cache.ts', "import './redis/connect.js'", 'refused'],
    ['src/create-cache.ts', "import { b } from './redis/connect.js'", 'refused'],
    ['src/create-cache.ts', "export { c } from './redis/connect.js'", 'refused'],
    ['src/create-cache.ts', "import { Cluster } from 'ioredis'", 'refused'],
    ['src/index.ts', "export type { A } from './cache/cache.js'", 'allowed'],
    ['src/index.ts', "export { a } from './cache/cache.js'", 'refused'],
    ['src/index.ts', "export { DEFAULTS } from './cache/settings.js'", 'allowed'],
    ['src/index.ts', "export { REDIS_DEFAULTS } from './redis/redis-settings.js'", 'allowed'],
    ['src/index.ts', "export { b } from './redis/redis-settings.js'", 'refused'],
    ['src/index.ts', "export { c } from './redis/connect.js'", 'refused'],
    ['src/proxy/words.ts', "export type * from 'undici'", 'allowed'],
    ['src/proxy/words.ts', "void import('undici/lib/dispatcher/pool.js')", 'allowed'],
    ['src/proxy/words.ts', "export * from '../cache/cache.js'", 'refused'],
    ['src/server/words.ts', "export type * from 'undici'", 'refused'],
    ['src/server/words.ts', "export type * from '../tier/outside.js'", 'allowed'],
    ['src/server/words.ts', "export * from '../tier/memory-tier.js'", 'refused'],
    ['src/service/words.ts', "void import('undici')", 'refused'],
    ['src/service/dashboard/words.ts', "export * from '../../server/index.js'", 'allowed'],
    ['src/service/dashboard/words.ts', "export * from '../problem.js'", 'allowed'],
    ['src/service/dashboard/words.ts', "export * from '../../redis/connect.js'", 'refused'],
    ['src/service/dashboard/words.ts', "export * from '../../cli/main.js'", 'refused'],
    ['src/service/openapi/words.ts', "export * from '../problem.js'", 'allowed'],
    ['src/service/openapi/words.ts', "export * from '../../server/index.js'", 'refused'],
    ['src/service/dashboard/assets/words.js', "export * from './page.js'", 'allowed'],
    ['src/service/dashboard/assets/words.js', "export * from '../stats.js'", 'refused'],
    ['src/telemetry/words.ts', "export type * from '../server/server.js'", 'allowed'],
    ['src/telemetry/words.ts', "export * from '../server/server.js'", 'refused'],
    ['src/telemetry/words.ts', "export * from 'prom-client'", 'allowed'],
    ['src/client/words.ts', "export type * from '../cache/cache.js'", 'allowed'],
    ['src/client/words.ts', "export * from '../cache/cache.js'", 'refused'],
    ['src/client/words.ts', "export * from '../entry/duration.js'", 'allowed'],
    ['src/client/words.ts', "export * from '../entry/key.js'", 'refused'],
    ['src/client/words.ts', "export * from 'node:buffer'", 'refused'],
    ['src/compat/words.ts', "export type * from '../cache/cache.js'", 'allowed'],
    ['src/compat/words.ts', "export * from '../cache/cache.js'", 'refused'],
    ['src/compat/words.ts', "export * from '../entry/duration.js'", 'allowed'],
    ['src/compat/words.ts', "export * from '../entry/key.js'", 'refused'],
    ['src/compat/words.ts', "export type * from 'keyv'", 'refused'],
    ['src/cli/words.ts', "export type * from '../cache/cache.js'", 'refused'],
  ]

/** Other habits that lint holds: the rule, where, and code that breaks it. */
const HABITS: readonly (readonly [rule: string, file: string, code: string])[] = [
  ['typescript(no-floating-promises)', 'src/cache/floating.ts', 'Promise.resolve(1)'],
  ['typescript(no-misused-promises)', 'src/cache/misused.ts', '[1].forEach(async () => {})'],
  ['typescript(await-thenable)', 'src/cache/awaited.ts', 'export const f = async () => await 1'],
  ['typescript(no-explicit-any)', 'src/cache/any.ts', 'export const x: any = 1'],
  ['typescript(no-unsafe-return)', 'src/cache/unsafe.ts', 'export const f = () => JSON.parse("1")'],
  ['typescript(only-throw-error)', 'src/cache/throw.ts', "throw 'a string'"],
  [
    'typescript(switch-exhaustiveness-check)',
    'src/cache/exhaustive.ts',
    "export const f = (x: 'a' | 'b') => { switch (x) { case 'a': return 1 } }",
  ],
  ['import(no-default-export)', 'src/cache/default.ts', 'export default 1'],
  [
    'import(no-cycle)',
    'src/bus/left.ts',
    "import type { R } from './right.js'\nexport type L = R | 1",
  ],
  [
    'import(no-cycle)',
    'src/bus/right.ts',
    "import type { L } from './left.js'\nexport type R = L | 2",
  ],
  ['eslint(no-console)', 'src/cache/console.ts', 'console.log(1)'],
  ['typescript(no-floating-promises)', 'test/unit/floating.test.ts', 'Promise.resolve(1)'],
]

interface Diagnostic {
  readonly code: string
  readonly filename: string
  readonly labels: readonly { readonly span: { readonly line: number } }[]
}

let root = ''
let found: readonly Diagnostic[] = []

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-lint-'))
  for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) {
    cpSync(join(REPOSITORY, file), join(root, file))
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'))
  for (const from of PARTS) for (const to of othersOf(from)) plant(fileOf(from), importOf(from, to))
  for (const [file, line] of IN_WORDS) plant(file, line)
  for (const [, file, code] of HABITS) plant(file, code)
  found = lint()
}, 120_000)

afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

test('the table of boundaries names every part of src', () => {
  const parts = readdirSync(join(REPOSITORY, 'src')).map((name) => name.replace(/\.ts$/, '.js'))
  expect(parts.filter((part) => !PARTS.includes(part))).toEqual([])
})

test.each(PARTS)('%s may import what its row of the table says, and nothing else', (from) => {
  const allowed = othersOf(from).filter((to) => !isRefused(fileOf(from), importOf(from, to)))
  expect(allowed).toEqual(othersOf(from).filter((to) => mayImport(from, to)))
})

test.each(IN_WORDS)('in %s, the line "%s" is %s', (file, line, verdict) => {
  expect(isRefused(file, line) ? 'refused' : 'allowed').toBe(verdict)
})

test.each(HABITS)('%s is reported in %s', (rule, file) => {
  expect(found.filter((one) => one.filename === file).map((one) => one.code)).toContain(rule)
})

function othersOf(from: string): readonly string[] {
  return PARTS.filter((to) => to !== from)
}

function mayImport(from: string, to: string): boolean {
  if (to === 'errors.js') return !WITHOUT_ERRORS.has(from)
  if (to === 'clock.js') return !WITHOUT_CLOCK.has(from)
  return MAY_IMPORT[from]?.includes(to) ?? false
}

function fileOf(part: string): string {
  return part.endsWith('.js') ? `src/${part.replace(/js$/, 'ts')}` : `src/${part}/planted.ts`
}

function importOf(from: string, to: string): string {
  const start = from.endsWith('.js') ? './' : '../'
  return `export * from '${start}${to.endsWith('.js') ? to : `${to}/planted.js`}'`
}

function plant(file: string, code: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  appendFileSync(join(root, file), `${code}\n`)
}

function lint(): readonly Diagnostic[] {
  const run = spawnSync(process.execPath, [OXLINT, '--format', 'json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  return (JSON.parse(run.stdout) as { diagnostics: Diagnostic[] }).diagnostics
}

function isRefused(file: string, line: string): boolean {
  const at = readFileSync(join(root, file), 'utf8').split('\n').indexOf(line) + 1
  return found.some(
    (one) =>
      one.code === 'eslint(no-restricted-imports)' &&
      one.filename === file &&
      one.labels[0]?.span.line === at,
  )
}
