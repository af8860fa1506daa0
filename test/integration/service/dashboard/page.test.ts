import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createServer } from '../../../../src/server/index.js'
import {
  accessibilityFaults,
  describeBrowser,
  launchBrowser,
  openPage,
} from '../../../support/browser.js'
import { openCutProxy } from '../../../support/cut-proxy.js'
import { describeRedis, startRedis } from '../../../support/redis-server.js'
import { openService, type OpenedService } from '../../../support/open-service.js'

const HOSTILE = `<script>window.harmed=1</script>"'&<img src=x onerror=window.harmed=1>/../\u202e`

const PHONE = { viewport: { width: 360, height: 740 } }

const TOKENS = ['the-first-token-of-an-admin', 'the-second-token-of-an-admin'] as const

function tokensOf(token: string): { tokens: { token: string; scopes: ['admin'] }[] } {
  return { tokens: [{ token, scopes: ['admin'] }] }
}

/** Presses Tab until the focus is where it should be: there is no other way for some. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await page.locator(selector).evaluate((element) => element.matches(':focus'))) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not lead to ${selector}`)
}

describeBrowser('the dashboard in a browser', () => {
  let browser: Browser
  const closing: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    browser = await launchBrowser()
  })

  afterAll(() => browser.close())

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function serve(options: Parameters<typeof openService>[0] = {}): Promise<OpenedService> {
    const opened = await openService(options)
    closing.push(async () => await opened[Symbol.asyncDispose]())
    return opened
  }

  /** At the end of the test nothing may have gone wrong in it. */
  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const { page, faults } = await openPage(browser, url, options)
    closing.push(async () => {
      const isHarmed: unknown = await page.evaluate('window.harmed !== undefined')
      await page.context().close()
      expect([faults, isHarmed]).toEqual([[], false])
    })
    return page
  }

  async function live(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await visit(url, options)
    await page.locator('#status', { hasText: 'Live' }).waitFor()
    return page
  }

  async function inspect(page: Page, namespace: string, key: string): Promise<void> {
    await page.locator('#inspect [name=namespace]').fill(namespace)
    await page.locator('#inspect [name=key]').fill(key)
    await page.locator('#inspect button').click()
    await page.locator('#inspect-status', { hasText: 'A read of this moment' }).waitFor()
  }

  test('numbers move under load', async () => {
    const { admin, data, cacheOf } = await serve()
    await cacheOf('shop').set('a', 1)
    const page = await live(`${admin}/`)
    const over = new AbortController()
    closing.push(async () => {
      over.abort()
      await load
    })
    const load = (async () => {
      while (!over.signal.aborted) {
        await (await fetch(`${data}/v1/shop/a`)).text()
        await (await fetch(`${data}/v1/shop/none`)).text()
      }
    })()
    const row = page.locator('#namespaces tr', { hasText: 'shop' })
    const hits = async (): Promise<number> =>
      Number((await row.locator('td').nth(2).textContent())?.replaceAll(',', ''))
    await row.waitFor()
    await expect.poll(hits, { timeout: 20_000 }).toBeGreaterThan(0)
    const before = await hits()
    await expect.poll(hits, { timeout: 20_000 }).toBeGreaterThan(before)
    await page.locator('#hot-keys tr', { hasText: 'none' }).waitFor()
    await page.locator('#latencies tr', { hasText: 'Requests' }).filter({ hasText: 'ms' }).waitFor()
    await page.locator('#namespace').selectOption({ label: 'shop' })
    const drawn: unknown = await page.evaluate(`(() => {
      const canvas = document.querySelector('#reads-chart canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      return data.some((part) => part !== 0)
    })()`)
    expect(drawn).toBe(true)
  })

  test('what was read in the minute before it was opened is shown', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('a', 1)
    for (let i = 0; i < 5; i++) await shop.get('a')
    const page = await live(`${admin}/`)
    const row = page.locator('#namespaces tr', { hasText: 'shop' })
    await row.waitFor()
    expect(await row.locator('td').nth(2).textContent()).toBe('5')
    expect(await page.locator('#state div', { hasText: 'Hit ratio' }).innerText()).toContain('100')
  })

  test('a key shows where it lives, its tags and what is left of its life', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('popular', { price: 1 }, { ttl: '10m', tags: ['sale', 'summer'] })
    const page = await live(`${admin}/`)
    await inspect(page, 'shop', 'popular')
    const text = await page.locator('#inspected').innerText()
    expect(await page.locator('#inspect-status').textContent()).toContain('hit from memory')
    expect(text).toContain('{"price":1}')
    expect(text).toMatch(/Fresh for\s+9 min \d+ s|Fresh for\s+10 min/)
    expect(text).toMatch(/sale\s+summer/)
  })

  test('a key that was read often is shown when it is chosen', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('popular', 'value')
    for (let i = 0; i < 10; i++) await shop.get('popular')
    const page = await live(`${admin}/`)
    await page.locator('#hot-keys button', { hasText: 'popular' }).click()
    await page.locator('#inspected', { hasText: 'Memory' }).waitFor()
    expect(await page.locator('#inspect [name=key]').inputValue()).toBe('popular')
  })

  test('a key is found and purged by the keyboard alone, once that is confirmed', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('popular', 'value')
    const page = await live(`${admin}/`)
    await tabTo(page, '#inspect [name=namespace]')
    const outline: unknown = await page.evaluate(
      'getComputedStyle(document.activeElement).outlineStyle',
    )
    expect(outline).toBe('solid')
    await page.keyboard.type('shop')
    await tabTo(page, '#inspect [name=key]')
    await page.keyboard.type('popular')
    await page.keyboard.press('Enter')
    await page.locator('#inspected .danger').waitFor()
    await tabTo(page, '#inspected .danger')

    await page.keyboard.press('Enter')
    const dialog = page.locator('#confirm')
    await dialog.waitFor()
    expect(await dialog.innerText()).toContain('the key “popular” in the namespace “shop”')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Purge this key …')
    expect(await shop.get('popular')).toBe('value')

    await page.keyboard.press('Enter')
    await dialog.waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('#purge-status', { hasText: 'Purged the key' }).waitFor()
    expect(await shop.get('popular')).toBeUndefined()
  })

  test('a tag and a whole namespace are purged by the form', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('a', 1, { tags: ['sale'] })
    await shop.set('b', 2)
    const page = await live(`${admin}/`)
    const purge = async (what: string, name?: string): Promise<void> => {
      await page.locator('#purge [name=namespace]').fill('shop')
      await page.locator('#purge [name=what]').selectOption(what)
      if (name !== undefined) await page.locator('#purge [name=name]').fill(name)
      await page.locator('#purge button').click()
      await page.locator('#confirm .danger').click()
    }
    await purge('tags', 'sale')
    await page.locator('#purge-status', { hasText: 'Purged everything with the tag' }).waitFor()
    expect([await shop.get('a'), await shop.get('b')]).toEqual([undefined, 2])
    await purge('all')
    await page.locator('#purge-status', { hasText: 'Purged everything in the namespace' }).waitFor()
    expect(await shop.get('b')).toBeUndefined()
  })

  test('a response of the proxy is shown by its URL, and purged by it', async () => {
    let asked = 0
    const origin = createServer({ port: 0, logger: false }).get('/posts/:id', (c) => {
      c.header('cache-control', 'max-age=600')
      return `post ${c.params.id}, ${++asked}`
    })
    const { port } = await origin.listen()
    closing.push(() => origin.close({ timeout: 0 }))
    const { admin, data } = await serve({ origin: `http://127.0.0.1:${port}` })
    const read = async (): Promise<string> => (await fetch(`${data}/posts/1?page=2`)).text()
    expect([await read(), await read()]).toEqual(['post 1, 1', 'post 1, 1'])
    const page = await live(`${admin}/`)
    await page.locator('#slow-loads button', { hasText: `${data}/posts/1?page=2` }).click()
    await page.locator('#purge button').click()
    expect(await page.locator('#confirm-what').textContent()).toContain(
      `every response of the URL “${data}/posts/1?page=2” in the namespace “http”`,
    )
    await page.locator('#confirm .danger').click()
    await page.locator('#purge-status', { hasText: 'Purged every response' }).waitFor()
    expect(await read()).toBe('post 1, 2')
  })

  test('a key, a tag and a value that are markup do no harm', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set(HOSTILE, HOSTILE, { tags: [HOSTILE] })
    await shop.get(HOSTILE)
    await shop.get(`slow ${HOSTILE}`, () => 1)
    const page = await live(`${admin}/`)
    const button = page.locator('#hot-keys button', { hasText: HOSTILE }).last()
    expect(await button.textContent()).toContain(HOSTILE)
    await inspect(page, 'shop', HOSTILE)
    expect(await page.locator('#inspected pre').textContent()).toContain('<script>')
    expect(await page.locator('#inspected li .name').textContent()).toBe(HOSTILE)
    await page.locator('#inspected .danger').click()
    expect(await page.locator('#confirm-what').textContent()).toContain(HOSTILE)
    await page.locator('#confirm .danger').click()
    await page.locator('#purge-status', { hasText: 'Purged' }).waitFor()
    expect(await shop.get(HOSTILE)).toBeUndefined()
    expect(await page.locator('main script, main img').count()).toBe(0)
  })

  test('a script that came in all the same would not run', async () => {
    const { admin } = await serve()
    const { page, faults } = await openPage(browser, `${admin}/`)
    await page.evaluate(`(() => {
      const script = document.createElement('script')
      script.textContent = 'window.harmed = 1'
      document.body.append(script)
    })()`)
    await expect.poll(() => faults.join()).toContain('Content Security Policy')
    expect(await page.evaluate('window.harmed')).toBeUndefined()
    await page.context().close()
  })

  test('of a value of 1 MB the beginning is shown', async () => {
    const { admin, cacheOf } = await serve()
    await cacheOf('shop').set('large', 'x'.repeat(2 ** 20))
    const page = await live(`${admin}/`)
    await inspect(page, 'shop', 'large')
    const preview = (await page.locator('#inspected pre').textContent()) ?? ''
    expect(preview.length).toBeGreaterThan(1_000)
    expect(preview.length).toBeLessThanOrEqual(4_096)
    expect(await page.locator('#inspected').innerText()).toMatch(
      /\d MB, of which this is the beginning/,
    )
  })

  test('a token is asked for, and again when it is wrong or no longer good', async () => {
    const { admin, service, cacheOf } = await serve(tokensOf(TOKENS[0]))
    await cacheOf('shop').set('a', 1)
    const page = await visit(`${admin}/`)
    const dialog = page.locator('#token')
    const why = page.locator('#token-why')
    const give = async (token: string): Promise<void> => {
      await page.locator('#token input').fill(token)
      await page.keyboard.press('Enter')
    }
    await dialog.waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.locator('#status', { hasText: 'A token is needed' }).waitFor()
    await page.locator('#sign-in').click()
    await dialog.waitFor()
    await give('no-token-that-is-known')
    await why.filter({ hasText: 'does not take the one you gave' }).waitFor()
    await give(TOKENS[0])
    await page.locator('#status', { hasText: 'Live' }).waitFor()
    await inspect(page, 'shop', 'a')

    await service.reload({
      port: 0,
      adminPort: 0,
      logLevel: 'silent',
      ...tokensOf(TOKENS[1]),
    })
    await dialog.waitFor()
    await give(TOKENS[1])
    await dialog.waitFor({ state: 'hidden' })
    await page.locator('#status', { hasText: 'Live' }).waitFor()
    await inspect(page, 'shop', 'a')
    expect(page.url()).not.toContain('token')
  })

  describeRedis('with Redis', () => {
    test('an outage is shown, and its end', async () => {
      const redis = await startRedis()
      closing.push(() => redis.close())
      const { admin, cacheOf } = await serve({ redis: redis.url })
      await cacheOf('shop').set('a', 1, { tags: ['sale'] })
      const page = await live(`${admin}/`)
      const tile = (title: string, ...texts: string[]): Promise<void> =>
        texts
          .reduce(
            (tiles, text) => tiles.filter({ hasText: text }),
            page.locator('#state > div', { hasText: title }),
          )
          .waitFor()
      await tile('Redis', 'ready', 'breaker closed')
      await tile('Bus', 'coherent', 'publish, lag')
      await inspect(page, 'shop', 'a')
      expect(await page.locator('#inspected').innerText()).toMatch(/Redis\s+Name\s+\S+/)

      await redis.kill()
      await cacheOf('shop').delete('a')
      await tile('Redis', 'unavailable', 'breaker')
      await tile('Bus', 'not coherent')
      await tile('Queue', '1')
      await redis.restart()
      await tile('Redis', 'ready', 'breaker closed')
      await tile('Queue', '0')
    })
  })

  test('a stream that is cut is said to be, and comes back', async () => {
    const { adminPort } = await serve()
    const proxy = await openCutProxy(adminPort)
    closing.push(async () => await proxy[Symbol.asyncDispose]())
    const page = await live(`http://127.0.0.1:${proxy.port}/`)
    const samples = page.locator('#about')
    await samples.filter({ hasText: 'up for' }).waitFor()
    for (let times = 0; times < 2; times++) {
      proxy.cut()
      await page.locator('#status', { hasText: 'Connection lost' }).waitFor()
      await page.locator('#inspect [name=namespace]').fill('shop')
      await page.locator('#inspect [name=key]').fill('a')
      await page.locator('#inspect button').click()
      await page.locator('#inspect-status', { hasText: 'cannot be reached' }).waitFor()
      proxy.mend()
      await page.locator('#status', { hasText: 'Live' }).waitFor()
    }
  })

  test.each([
    ['light', {}],
    ['dark', {}],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)('axe finds nothing wrong: %s, %j', async (colorScheme, size) => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('a', { price: 1 }, { tags: ['sale'] })
    await shop.get('a')
    await shop.get('slow', () => 1)
    const page = await live(`${admin}/`, { colorScheme, ...size })
    await inspect(page, 'shop', 'a')
    await page.locator('#hot-keys button').first().waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
    await page.locator('#inspected .danger').click()
    await page.locator('#confirm').waitFor()
    expect(await accessibilityFaults(page)).toEqual([])
  })

  test('a phone scrolls in one direction only', async () => {
    const { admin, cacheOf } = await serve()
    const shop = cacheOf('shop')
    await shop.set('k'.repeat(300), 'v'.repeat(300), { tags: ['t'.repeat(200)] })
    await shop.get('k'.repeat(300))
    const page = await live(`${admin}/`, PHONE)
    await inspect(page, 'shop', 'k'.repeat(300))
    await page.locator('#hot-keys button').first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })

  test('colours follow those of the system, in the charts as well', async () => {
    const { admin, cacheOf } = await serve()
    await cacheOf('shop').get('a')
    const page = await live(`${admin}/`, { colorScheme: 'light' })
    const seen = (): Promise<unknown> =>
      page.evaluate(`(() => {
        const { backgroundColor } = getComputedStyle(document.body)
        const canvas = document.querySelector('#latency-chart canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        // of what is drawn fully the darkest: the texts
        let darkest = 765
        for (let i = 0; i < data.length; i += 4) {
          if (data[i + 3] === 255) darkest = Math.min(darkest, data[i] + data[i + 1] + data[i + 2])
        }
        return { backgroundColor, isDark: darkest < 350 }
      })()`)
    await expect.poll(seen).toEqual({ backgroundColor: 'rgb(244, 245, 247)', isDark: true })
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(seen).toMatchObject({ backgroundColor: 'rgb(15, 18, 22)' })
  })
})
