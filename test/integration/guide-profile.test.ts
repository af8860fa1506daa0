import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { switchNames } from '../../examples/guide/app/switches.js'
import { describeNative } from '../support/native.js'

const run = promisify(execFile)
const cwd = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'strata-guide-profile-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The commands of docs/profiling.md, with few rows in an embedded database. */
async function node(...words: readonly string[]): Promise<string> {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env
  const env = { ...rest, STRATA_GUIDE_USERS: '1000', STRATA_GUIDE_DATA: folder }
  const { stdout } = await run(process.execPath, words, { cwd, env })
  return stdout
}

const rows = ['profile', 'dashboard', 'whole-path', 'native']
const one = ['--import', 'tsx', 'examples/guide/one.ts']

test('spans of a request: what it waited for, and what it computed', async () => {
  const text = await node(...one, 'index,batch', '--spans')
  expect(text).toMatch(/^Server-Timing: .*\bdb;dur=[\d.]+;desc="5".*\btotal;dur=[\d.]+$/m)
  expect(text).toMatch(/^GET \/users\/1\/dashboard [\d.]+ m?s$/m)
  expect(text).toMatch(/^ {2}cache user \[loader\], \d+ times, the longest /m)
  expect(text).toMatch(/^ {4}SELECT users, 2 times, the longest /m)
  expect(text).toMatch(/^ {2}novelty \[cpu\], 10 times, the longest /m)
})

test('a profile, and what functions themselves took in it', async () => {
  const profiles = join(folder, 'profiles')
  const options = ['--cpu-prof', `--cpu-prof-dir=${profiles}`]
  const load = await node(...options, ...one, 'index,batch', '--seconds', '1')
  expect(load).toMatch(/^p50 .*, p90 .*, p99 .*, [\d.,]+ requests\/s$/m)
  const main = readdirSync(profiles).find((name) => /\.0\.\d+\.cpuprofile$/.test(name)) ?? ''
  const words = ['--import', 'tsx', 'examples/guide/self-time.ts', join(profiles, main)]
  const [head, ...rows] = (await node(...words)).trimEnd().split('\n')
  expect(head).toMatch(/^[\d.]+ s, idle [\d.]+ %; of the rest:$/)
  expect(rows).toHaveLength(13)
  expect(rows.join('\n')).toMatch(/ {2}examples\/guide\/app\/(novelty|pages)\.ts +[\d.]+ %/)
})

describe('the rows that run the application', () => {
  const measured = /^ +[\d.]+ (?:µs|ms|s) {2}/gm
  let sections: readonly string[]

  beforeAll(async () => {
    const text = await node('--import', 'tsx', 'examples/guide/main.ts', '--quick', ...rows)
    sections = text.split(/\n\n/)
  }, 240_000)

  const sectionOf = (row: string): string =>
    sections.find((section) => section.startsWith(`${row}  (`)) ?? ''

  test.each(rows)('%s: a reading', (row) => {
    expect(sectionOf(row)).toMatch(/^ {2}(holds|holds only|does not hold|not measured)\b/m)
  })

  test('profile: each step tells where its time went', () => {
    expect(sectionOf('profile').match(measured)).toHaveLength(3)
    expect(sectionOf('profile')).toMatch(
      / profiled \(db .*\(\d+ times\), .*cpu .*\(\d+ times\), total/,
    )
  })

  test('dashboard: three stages, and each page for the first time', () => {
    expect(sectionOf('dashboard').match(measured)).toHaveLength(2 + 3 + 4 + 4)
    const where = 'with the embedded database'
    expect(sectionOf('dashboard')).toContain(`with what was loaded kept as well, ${where}: `)
  })

  test('whole-path: a step for each switch that makes a difference here, with its factor', () => {
    const steps = [...sectionOf('whole-path').matchAll(/ {2}\+ (\w+) \([\d.,]+x; /g)]
    const names = steps.map(([, name]) => name)
    // l2 only with a Redis, native only with the addon
    expect(names.filter((name) => name !== 'l2' && name !== 'native')).toEqual(
      switchNames.filter((name) => name !== 'l2' && name !== 'native' && name !== 'pool'),
    )
  })

  describeNative('native', () => {
    test('both listeners, wherever the answer comes from', () => {
      expect(sectionOf('native').match(measured)).toHaveLength(2 * 3)
      expect(sectionOf('native').match(/ native \(.* µs of processor time each\)/g)).toHaveLength(3)
    })
  })
})

test.each([
  [['turbo'], '"turbo" is no switch'],
  [['all', '--seconds', 'ten'], 'not --seconds ten'],
])('%j is refused', async (words, reason) => {
  await expect(node(...one, ...words)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(reason),
  })
})
