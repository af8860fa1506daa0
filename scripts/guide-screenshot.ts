import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

/**
 * Takes docs/guide/page.png of the guide's application before and after, under its own load: `npm run screenshot:guide`.
 * DATABASE_URL and REDIS_URL as of `npm run guide:app`; CHROMIUM is the browser, if it is not where Debian puts it.
 */

const PICTURE = fileURLToPath(new URL('../docs/guide/page.png', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../examples/guide/serve.ts', import.meta.url))
const SECONDS = 60
const SIZE = { width: 1180, height: 1500 }

const program = spawn(process.execPath, ['--import', 'tsx', PROGRAM], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const ended = new Promise<void>((done) => program.once('exit', () => done()))

async function address(): Promise<string> {
  for await (const line of createInterface({ input: program.stdout })) {
    const url = /^http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Error('it has ended before it listened')
}

try {
  const url = await address()
  program.stdout.resume()
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' })
    await page.goto(url)
    await sleep(SECONDS * 1_000)
    mkdirSync(dirname(PICTURE), { recursive: true })
    await page.screenshot({ path: PICTURE, fullPage: true })
  } finally {
    await browser.close()
  }
} finally {
  program.kill('SIGTERM')
  await ended
}
