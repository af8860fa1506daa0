import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { HttpError } from 'strata-cache'
import { createRoutes, type Routes } from 'strata-cache/server'
import { parseSwitches, switchNames, switchTexts } from '../app/switches.js'
import { reasonOf } from '../reason.js'
import type { Duel } from './duel.js'
import { type SideName, sideNames } from './view.js'

const own = ['index.html', 'main.js', 'card.js', 'format.js', 'log-chart.js', 'style.css']
const folder = new URL('assets/', import.meta.url)
/** Of the dashboard of the service, which is beside the package as it is sent. */
const shared = ['base.css', 'chart.js']
const dashboard = new URL('../../../src/service/dashboard/assets/', import.meta.url)
/** Of the library that draws the charts. */
const library = {
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** Nothing but what this server sends; no script and no style in the page itself. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page, what it follows, and its switches. */
export function createPageRoutes(duel: Duel): Routes {
  const assets = loadAssets()
  const send = (name: string) => {
    const text = assets.get(name)
    if (text === undefined) throw new HttpError(404, `no ${name}`)
    const headers = {
      'content-type': types[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    }
    return { text, headers }
  }
  const routes = createRoutes()
  routes.get('/', (c) => {
    const { text, headers } = send('index.html')
    return c.bytes(text, 200, headers)
  })
  routes.get('/assets/:name', (c) => {
    const { text, headers } = send(c.params.name)
    return c.bytes(text, 200, headers)
  })
  routes.get('/switches', (c) => c.json(switchNames.map((name) => [name, switchTexts[name]])))
  routes.get('/events', (c) => c.events(eventsOf(duel)))
  routes.put('/sides/:side', async (c) => {
    const { side } = c.params
    if (!isSide(side)) throw new HttpError(404, `no side ${side}`)
    // A form of another site cannot say this type.
    if (c.req.header('content-type') !== 'application/json') {
      throw new HttpError(415, 'the switches must be application/json')
    }
    const on = (await c.req.json<{ on?: unknown } | null>())?.on
    if (typeof on !== 'string') throw new HttpError(400, 'on must be names of switches with commas')
    await duel.set(side, parsedSwitches(on))
    return c.json(duel.view)
  })
  return routes
}

async function* eventsOf(duel: Duel) {
  for await (const view of duel.feed.follow()) yield { data: JSON.stringify(view) }
}

function parsedSwitches(text: string) {
  try {
    return parseSwitches(text)
  } catch (error) {
    throw new HttpError(400, reasonOf(error))
  }
}

const isSide = (name: string): name is SideName => (sideNames as readonly string[]).includes(name)

function loadAssets(): ReadonlyMap<string, Uint8Array> {
  const require = createRequire(import.meta.url)
  const files: readonly (readonly [name: string, file: URL | string])[] = [
    ...own.map((name) => [name, new URL(name, folder)] as const),
    ...shared.map((name) => [name, new URL(name, dashboard)] as const),
    ...Object.entries(library).map(([name, path]) => [name, require.resolve(path)] as const),
  ]
  return new Map(files.map(([name, file]) => [name, readFileSync(file)]))
}
