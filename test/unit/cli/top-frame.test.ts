import { expect, it } from 'vitest'
import { topFrame } from '../../../src/cli/top-frame.js'
import type { StatsView } from '../../../src/service/dashboard/stats-view.js'

const EMPTY = {
  version: '1.2.3',
  at: 1_000_000,
  uptime: 3_661,
  native: true,
  namespaces: [],
  redis: { state: 'none' },
  bus: { coherent: true },
  queue: { depth: 0 },
  memory: {
    entries: 2,
    bytes: 2_048,
    maxEntries: 10,
    maxBytes: 2 ** 20,
    rss: 2 ** 26,
    heapUsed: 1,
  },
  tierErrors: {},
  latency: { loads: undefined, requests: undefined },
  hotKeys: [],
  slowLoads: [],
} as unknown as StatsView

const shop = (hits: number, misses: number) => ({
  namespace: 'strata.shop',
  name: 'shop',
  reads: { hit: { memory: hits, native: hits }, miss: { none: misses } },
  loads: misses,
  loadFailures: 1,
  revoked: 0,
  recordFaults: {},
})

function view(changes: object): StatsView {
  return { ...EMPTY, ...changes }
}

it('of a service that does nothing is three lines', () => {
  expect(topFrame(EMPTY, EMPTY)).toBe(`strata 1.2.3, up 1h 1m, native listener
redis none, bus coherent, queue 0
memory 2 entries, 2.0 KB of 1.0 MB, process 64.0 MB
`)
})

it('shows rates between the looks, ratios of what was read meanwhile, and totals', () => {
  const before = view({ namespaces: [shop(100, 100)] })
  const now = view({ at: EMPTY.at + 2_000, namespaces: [shop(130, 120)] })
  expect(topFrame(before, now)).toMatch(
    /^namespace +reads\/s +hits +hit +stale +miss +error +loads +failed\nshop +40 +75\.0% +260 +0 +120 +0 +120 +1$/m,
  )
})

it('shows the ratio of all reads where there was none meanwhile', () => {
  const now = view({ at: EMPTY.at + 2_000, namespaces: [shop(90, 20)] })
  expect(topFrame(now, now)).toMatch(/^shop +0\.0 +90\.0%/m)
})

it('shows latency, hottest keys and slowest loads, and does nothing to the terminal', () => {
  const now = view({
    latency: { requests: { count: 3, p50: 1, p90: 2, p99: 3, max: 4.25 }, loads: undefined },
    hotKeys: [{ name: 'shop', namespace: 'x', key: '\u001b[31m\n', reads: 5, error: 0, rate: 2.5 }],
    slowLoads: [
      { name: 'shop', namespace: 'x', key: 'k'.repeat(99), ms: 1234.5, at: 1, failed: true },
    ],
  })
  const frame = topFrame(EMPTY, now)
  expect(frame).toMatch(/^requests +3 +1\.0 +2\.0 +3\.0 +4\.[23]$/m)
  expect(frame).toMatch(/^shop +\\u001b\[31m\\n +2\.5$/m)
  expect(frame).toMatch(/^shop +k{45}\.\.\. +123[45] ms failed$/m)
  expect(frame).not.toContain('\u001b')
})
