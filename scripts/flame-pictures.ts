import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

/**
 * Profiles compositions of the guide's application and takes pictures of their flame graphs, as speedscope shows them:
 * `npm run flame-pictures`. DATABASE_URL and REDIS_URL as of `npm run guide:app`; CHROMIUM as of `npm run screenshot`.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const VIEWER = dirname(fileURLToPath(import.meta.resolve('speedscope/dist/release/index.html')))
const SECONDS = 30
const SIZE = { width: 1200, height: 640 }

const PICTURES = [
  { name: 'flame-computing', switches: 'index,limit,columns,pool,batch' },
  { name: 'flame-cached', switches: 'index,limit,columns,pool,batch,memo,l1' },
] as const

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}

/** The profile of the main thread. */
function profileOf(switches: string, folder: string): string {
  const program = ['--import', 'tsx', 'examples/guide/one.ts', switches, '--seconds', `${SECONDS}`]
  const options = ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...program]
  const { status } = spawnSync(process.execPath, options, { cwd: ROOT, stdio: 'inherit' })
  const file = readdirSync(folder).find((name) => /\.0\.\d+\.cpuprofile$/.test(name))
  if (status !== 0 || file === undefined) throw new Error(`no profile of ${switches}`)
  return join(folder, file)
}

/** Serves the viewer, with the profile beside it: a page of a file may not fetch another file. */
async function picture(profile: string, target: string): Promise<void> {
  const server = createServer(({ url = '/' }, response) => {
    const name = new URL(url, 'http://viewer').pathname.slice(1)
    const file = name === 'main.cpuprofile' ? profile : join(VIEWER, name)
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    response.end(readFileSync(file))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' })
    await page.goto(`${base}/index.html#profileURL=${base}/main.cpuprofile&view=left-heavy`)
    await page.getByText('Left Heavy').waitFor()
    await page.waitForTimeout(2_000)
    await page.screenshot({ path: target })
  } finally {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }
}

for (const { name, switches } of PICTURES) {
  const folder = mkdtempSync(join(tmpdir(), 'strata-flame-'))
  try {
    const profile = profileOf(switches, folder)
    spawnSync(process.execPath, ['--import', 'tsx', 'examples/guide/self-time.ts', profile], {
      cwd: ROOT,
      stdio: 'inherit',
    })
    const target = join(ROOT, 'docs/guide', `${name}.png`)
    mkdirSync(dirname(target), { recursive: true })
    await picture(profile, target)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
