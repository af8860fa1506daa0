import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** A file of the page, as it is sent. */
export interface Asset {
  readonly type: string
  readonly bytes: Uint8Array
  readonly gzipped: Uint8Array
  /** Of `bytes`, as a field has it; that of `gzipped` differs. */
  readonly etag: string
  readonly gzippedEtag: string
}

/** The page itself is answered at `/`. */
export const PAGE = 'index.html'

const FILES = [
  PAGE,
  'icon.svg',
  'base.css',
  'style.css',
  'main.js',
  'chart.js',
  'charts.js',
  'connection.js',
  'dialog.js',
  'events.js',
  'format.js',
  'inspector.js',
  'overview.js',
  'purge.js',
  'series.js',
  'tables.js',
] as const

/** They are sent as they are written, so they are not in dist: the package has src beside it. */
const OWN = new URL('../../../src/service/dashboard/assets/', import.meta.url)

/** Of the library that draws the charts. */
const CHARTS: Readonly<Record<string, string>> = {
  'uplot.js': 'uplot/dist/uPlot.iife.min.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Reads and compresses every file of the page, once: there are few, and they are small. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  const require = createRequire(import.meta.url)
  const own = FILES.map((name): [string, string] => [name, fileURLToPath(new URL(name, OWN))])
  const charts = Object.entries(CHARTS).map(([name, path]): [string, string] => [
    name,
    require.resolve(path),
  ])
  return new Map([...own, ...charts].map(([name, path]) => [name, assetOf(path)]))
}

function assetOf(path: string): Asset {
  const bytes = readFileSync(path)
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    bytes,
    gzipped: gzipSync(bytes, { level: 9 }),
    etag: `"${hash}"`,
    gzippedEtag: `"${hash}-gzip"`,
  }
}
