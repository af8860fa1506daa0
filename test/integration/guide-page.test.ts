import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import {
  accessibilityFaults,
  describeBrowser,
  launchBrowser,
  openPage,
} from '../support/browser.js'
import { type ExampleProgram, isGone, outputOf, startExample } from '../support/example-program.js'
import { freePort } from '../support/redis-server.js'

const PHONE = { width: 360, height: 740 }

describeBrowser('the page of the guide', () => {
  const data = mkdtempSync(join(tmpdir(), 'strata-guide-page-'))
  const closing: (() => Promise<unknown>)[] = []
  let browser: Browser
  let program: ExampleProgram
  let url: string

  beforeAll(async () => {
    browser = await launchBrowser()
    await serve()
  })
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  afterAll(async () => {
    program.process.kill('SIGKILL')
    await browser.close()
    rmSync(data, { recursive: true, force: true })
  })

  async function serve(redis: Readonly<Record<string, string>> = {}): Promise<void> {
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env
    const env = {
      ...rest,
      ...redis,
      STRATA_GUIDE_USERS: '1000',
      STRATA_GUIDE_DATA: data,
      PORT: '0',
    }
    program = startExample('examples/guide/serve.ts', [], env)
    url = (await outputOf(program, /^(http:\/\/127\.0\.0\.1:\d+)/m))[1] ?? ''
  }

  /** With the numbers of these sides; afterwards nothing has gone wrong in it. */
  async function visit(sides: readonly string[] = ['before', 'after']): Promise<Page> {
    const { page, faults } = await openPage(browser, `${url}/`)
    closing.push(async () => {
      await page.context().close()
      expect(faults).toEqual([])
    })
    await page.locator('#status', { hasText: 'Live' }).waitFor()
    for (const side of sides) await numberOf(page, side, 'p50').filter({ hasText: /\d/ }).waitFor()
    return page
  }

  const numberOf = (page: Page, side: string, name: string) =>
    page.locator(`#${side} [data-number="${name}"]`)
  const partOf = (page: Page, side: string, name: string) =>
    page.locator(`#${side} .parts [data-part="${name}"]`)

  async function isDrawn(page: Page, chart: string): Promise<unknown> {
    return await page.evaluate(`(() => {
      const canvas = document.querySelector('${chart} canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return data.some((part) => part !== 0)
    })()`)
  }

  test('shows the numbers of both sides, and how they compare', async () => {
    const page = await visit()
    for (const side of ['before', 'after']) {
      for (const name of ['p50', 'p90', 'p99', 'perSecond', 'cpu']) {
        expect(await numberOf(page, side, name).textContent(), `${side} ${name}`).toMatch(/\d/)
      }
    }
    await page
      .locator('#factor', { hasText: /× shorter at the median, [\d.,]+× as many/ })
      .waitFor()
    await partOf(page, 'before', 'db').waitFor()
    // once its page is kept, nothing but the whole is left
    await partOf(page, 'after', 'db').waitFor({ state: 'detached' })
    expect(await isDrawn(page, '#latency-chart')).toBe(true)
    expect(await isDrawn(page, '#rate-chart')).toBe(true)
    const idle = 'the embedded database has no connections'
    for (const side of ['before', 'after']) {
      await page.locator(`#${side}`, { hasText: idle }).waitFor()
    }
  })

  test('a switch changes what a request does, on every page that is open', async () => {
    const [page, other] = [await visit(), await visit()]
    const before = page.locator('#before')
    await before.getByLabel('batch').check()
    await partOf(page, 'before', 'db').filter({ hasText: /in 5$/ }).waitFor()
    await expect.poll(() => other.locator('#before').getByLabel('batch').isChecked()).toBe(true)

    await before.getByRole('button', { name: 'All on' }).click()
    await partOf(page, 'before', 'cpu').waitFor({ state: 'detached' })
    await before.getByRole('button', { name: 'All off' }).click()
    await partOf(page, 'before', 'db')
      .filter({ hasText: /in [2-9]\d$/ })
      .waitFor()
    await partOf(page, 'before', 'cpu').waitFor()
    expect(await other.locator('#before :checked').count()).toBe(0)
  })

  test('a switch is turned by the keyboard', async () => {
    const page = await visit()
    const box = page.locator('#after').getByLabel('route')
    await box.focus()
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
      'solid',
    )
    await page.keyboard.press('Space')
    await partOf(page, 'after', 'L1').waitFor()
    expect(await box.isChecked()).toBe(false)
    expect(await page.evaluate('document.activeElement.id')).toBe('after-route')
    await page.keyboard.press('Space')
    await partOf(page, 'after', 'L1').waitFor({ state: 'detached' })
    expect(await box.isChecked()).toBe(true)
  })

  test('axe finds nothing wrong: light and dark, also on a phone, which scrolls one way', async () => {
    const page = await visit()
    await partOf(page, 'before', 'db').waitFor()
    for (const size of [{ width: 1200, height: 900 }, PHONE]) {
      await page.setViewportSize(size)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await accessibilityFaults(page), `${colorScheme}, ${size.width}`).toEqual([])
      }
    }
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width)
  })

  test('what is no switch, and who may not turn them, is refused', async () => {
    const put = (path: string, headers: Record<string, string>, body: string) =>
      fetch(`${url}${path}`, { method: 'PUT', headers, body })
    const json = { 'content-type': 'application/json' }
    const unknown = await put('/sides/after', json, '{ "on": "index,turbo" }')
    expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('turbo')])
    expect((await put('/sides/after', { 'content-type': 'text/plain' }, '{}')).status).toBe(415)
    expect((await put('/sides/middle', json, '{ "on": "all" }')).status).toBe(404)
    const foreign = await new Promise((resolve, reject) => {
      request(`${url}/`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .once('error', reject)
        .end()
    })
    expect(foreign).toBe(421)
  })

  test('it ends with all that it has started', async () => {
    program.process.kill('SIGTERM')
    expect(await program.ended, program.output()).toBe(0)
    expect(await isGone(program.process.pid ?? 0)).toBe(true)
  })

  test('a side that cannot be opened says why, until it can be; the other runs', async () => {
    await serve({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })
    const page = await visit(['before'])
    const failure = page.locator('#after .failure')
    const factor = page.locator('#factor')
    await failure.filter({ hasText: 'It does not run: Redis does not answer. Turn' }).waitFor()
    await factor.filter({ hasText: 'One side does not answer' }).waitFor()
    for (const name of ['p50', 'perSecond', 'listener'])
      expect(await numberOf(page, 'after', name).textContent()).toBe('–')
    expect(await page.locator('#before .failure').isVisible()).toBe(false)
    expect(await accessibilityFaults(page)).toEqual([])

    await page.locator('#after').getByLabel('l2').uncheck()
    await numberOf(page, 'after', 'p50').filter({ hasText: /\d/ }).waitFor()
    await failure.waitFor({ state: 'hidden' })
    await factor.filter({ hasText: /× shorter at the median/ }).waitFor()
  })
})
