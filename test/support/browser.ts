import { spawnSync } from 'node:child_process'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { describe } from 'vitest'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

const found = NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)

/** Like `describe`; skipped without Chromium, unless `STRATA_REQUIRE_BROWSER=1`: then it fails. */
export function describeBrowser(name: string, body: () => void): void {
  if (found !== undefined || process.env['STRATA_REQUIRE_BROWSER'] === '1') describe(name, body)
  else describe.skip(`${name} (skipped: chromium is not installed)`, body)
}

/** A real one, without a window. */
export async function launchBrowser(): Promise<Browser> {
  if (found === undefined) throw new Error('chromium is needed for this test')
  const { stdout } = spawnSync('sh', ['-c', `command -v ${found}`], { encoding: 'utf8' })
  // its sandbox does not run as root, nor in most containers; it sees nothing but our own pages
  return await chromium.launch({ executablePath: stdout.trim(), args: ['--no-sandbox'] })
}

/** A page, and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page
  /** Errors of scripts, and what the content security policy refused. */
  readonly faults: readonly string[]
}

/** A page of a user of its own: nothing is kept from others. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`${error.name}: ${error.message}`))
  page.on('console', (message) => {
    // what a status says is no fault of the page
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(message.text())
    }
  })
  await page.goto(url)
  return { page, faults }
}

/** What axe finds wrong in the page as it is now, each with where. Empty: nothing. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const violations = await page.evaluate<readonly axe.Result[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${help}: ${html}: ${failureSummary}`),
  )
}
