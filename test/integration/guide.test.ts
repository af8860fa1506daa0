import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeBrowser, launchBrowser } from '../support/browser.js'
import { type ExampleProgram, startExample } from '../support/example-program.js'
import { createDatabase, describePostgres } from '../support/postgres.js'
import { rowsUnder } from '../unit/docs/tables.js'

const folder = mkdtempSync(join(tmpdir(), 'strata-guide-test-'))
const running = new Set<ExampleProgram>()
const committed = new URL('../../docs/guide/', import.meta.url)

afterAll(() => {
  for (const guide of running) guide.process.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** The guide with few rows, an embedded database in a folder of this test's, and a Redis of its own if there is one. */
function startGuide(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ExampleProgram {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env
  const guide = startExample('examples/guide/main.ts', args, {
    ...rest,
    STRATA_GUIDE_USERS: '1000',
    STRATA_GUIDE_DATA: folder,
    ...env,
  })
  running.add(guide)
  return guide
}

/** Runs these rows and ends; resolves the report. */
async function reportOf(
  rows: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const file = join(folder, `${rows.join('-')}.md`)
  const guide = startGuide(['--quick', ...rows, '--out', file], env)
  expect(await guide.ended, guide.output()).toBe(0)
  return readFileSync(file, 'utf8')
}

/** The section of a row. */
const sectionOf = (report: string, row: string): string =>
  report.split('\n## ').find((section) => section.startsWith(`${row}\n`)) ?? ''

describe('guide', () => {
  const rows = ['memo', 'l1', 'n-plus-one', 'indexes', 'batch-insert', 'columns', 'limit']
  let report: string

  beforeAll(async () => {
    report = await reportOf([...rows, 'pool'])
  }, 120_000)

  it.each(rows)('measures %s: numbers, a factor and a reading', (row) => {
    const section = sectionOf(report, row)
    const steps = rowsUnder(section, 'circumstances')
    expect(steps.length).toBeGreaterThanOrEqual(2)
    for (const [, way, median] of steps) {
      expect(way).not.toBe('')
      expect(median).toMatch(/^[\d.]+ (µs|ms|s)$/)
    }
    expect(section).toMatch(/^Reading: (holds|holds only|does not hold)\b.*\([\d.,]+x\)/m)
    const line = rowsUnder(report, 'row').find(([link]) => link?.includes(`#${row}`))
    expect(line?.[6]).toMatch(/^[\d.,]+x$/)
  })

  it('says what it cannot measure', () => {
    expect(sectionOf(report, 'pool')).toContain(
      'not measured: the embedded database has no connections; set DATABASE_URL',
    )
  })

  it('counts the queries of N+1', () => {
    const counts = rowsUnder(sectionOf(report, 'n-plus-one'), 'circumstances').map((cells) =>
      cells.at(-1),
    )
    expect(counts).toEqual(['101 queries', '101 queries', '2 queries', '2 queries'])
  })

  it('shows that the plans change with the indexes', () => {
    const plans = [...sectionOf(report, 'indexes').matchAll(/```\n(.*?)```/gs)].map(
      ([, plan = '']) => plan,
    )
    expect(plans).toHaveLength(6)
    for (const [i, plan] of plans.entries()) {
      if (i % 2 === 0) expect(plan).toContain('Seq Scan')
      else expect(plan).toMatch(/Index Scan.* guide_/)
    }
  })

  it('refuses a row that there is not, and says which there are', async () => {
    const guide = startGuide(['l3'])
    expect(await guide.ended).toBe(1)
    expect(guide.output()).toContain('unknown row l3')
    expect(guide.output()).toContain('rows: memo, l1')
  })
})

describePostgres('guide on a PostgreSQL', () => {
  it('measures a pool, at hand and over a network', async () => {
    await using database = await createDatabase()
    const report = await reportOf(['pool'], { DATABASE_URL: database.url })
    const steps = rowsUnder(sectionOf(report, 'pool'), 'circumstances')
    expect(steps.map(([when]) => when)).toEqual(['on loopback', '', 'over a network of 1 ms', ''])
    expect(report).toMatch(/took [\d.]+ ms on loopback, [\d.]+ ms over a network/)
  })
})

const lookAtChart = `(() => {
  const textOf = (selector) => document.querySelector(selector)?.textContent ?? ''
  const colourOf = (selector) => getComputedStyle(document.querySelector(selector)).fill
  const root = document.documentElement
  return {
    error: textOf('parsererror'),
    root: root.nodeName,
    role: root.getAttribute('role'),
    title: textOf('title'),
    description: textOf('desc'),
    colours: [colourOf('.ground'), colourOf('text')],
  }
})()`

describeBrowser('charts of the guide', () => {
  it('are well-formed, of both colour schemes, and told to those who do not see them', async () => {
    await reportOf(['memo'])
    const files = [join(folder, 'memo'), committed.pathname].flatMap((path) =>
      readdirSync(path)
        .filter((name) => name.endsWith('.svg'))
        .map((name) => join(path, name)),
    )
    expect(files.length).toBeGreaterThan(2)
    const browser = await launchBrowser()
    try {
      const page = await browser.newPage()
      for (const file of files) {
        await page.goto(pathToFileURL(file).href)
        for (const [colorScheme, colours] of [
          ['light', ['rgb(255, 255, 255)', 'rgb(31, 35, 40)']],
          ['dark', ['rgb(13, 17, 23)', 'rgb(240, 246, 252)']],
        ] as const) {
          await page.emulateMedia({ colorScheme })
          expect(await page.evaluate(lookAtChart), file).toEqual({
            error: '',
            root: 'svg',
            role: 'img',
            title: expect.stringMatching(/./),
            description: expect.stringMatching(/\d/),
            colours,
          })
        }
      }
    } finally {
      await browser.close()
    }
  })
})
