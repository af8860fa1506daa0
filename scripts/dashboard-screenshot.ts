import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { createService } from '../src/service/create-service.js'

/**
 * Takes docs/dashboard.png of a real service under a load of its own: `npm run screenshot`. With REDIS_URL the service has
 * Redis as well, which is written to; CHROMIUM is the browser, if it is not where Debian puts it.
 */

const PICTURE = new URL('../docs/dashboard.png', import.meta.url).pathname
const SECONDS = 75
const SIZE = { width: 960, height: 1560 }
const KEYS = 400

const redis = process.env['REDIS_URL'] || undefined
const service = createService({
  port: 0,
  adminPort: 0,
  logLevel: 'error',
  redis,
})
await service.listen()
const { data, admin } = service.addresses
if (data === null || admin === null) throw new Error('it does not listen')
const url = `http://127.0.0.1:${data.port}/v1`

/** A client as there are many: reads what is popular most, and loads with a lease what is not there. */
async function visit(namespace: string, name: string): Promise<void> {
  const key = `${name}:${Math.floor(Math.random() ** 4 * KEYS)}`
  const place = `${url}/${namespace}/${key}`
  const found = await fetch(`${place}?lease=5s&wait=1s`)
  const [token] = (found.headers.get('strata-lease') ?? '').split(';', 1)
  await found.arrayBuffer()
  if (token === undefined || token === '') return
  await sleep(5 + Math.random() ** 6 * 400)
  const stored = await fetch(place, {
    method: 'PUT',
    body: JSON.stringify({ key, price: Math.round(Math.random() * 100) }),
    headers: {
      'content-type': 'application/json',
      'cache-control': `max-age=${5 + Math.floor(Math.random() * 30)}, stale-while-revalidate=60`,
      'cache-tag': `${name}s, spring`,
      'strata-lease': token,
    },
  })
  await stored.arrayBuffer()
}

const end = performance.now() + SECONDS * 1_000

async function client(namespace: string, name: string, pause: number): Promise<void> {
  while (performance.now() < end) {
    await visit(namespace, name)
    await sleep(Math.random() * pause)
  }
}

const clients = [
  ...Array.from({ length: 12 }, () => client('shop', 'product', 12)),
  ...Array.from({ length: 4 }, () => client('blog', 'post', 40)),
]
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' })
  await page.goto(`http://127.0.0.1:${admin.port}/`)
  await sleep(end - performance.now() - 2_000)
  await page.screenshot({ path: PICTURE })
} finally {
  await browser.close()
  await Promise.all(clients)
  await service.close()
}
