import { readFileSync } from 'node:fs'
import { Registry } from 'prom-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createCache } from '../../../src/index.js'
import { promMetrics } from '../../../src/telemetry/index.js'
import { describeRedis, startRedis, until } from '../../support/redis-server.js'
import { codes, rowsUnder } from './tables.js'

/** docs/grafana.json and docs/alerts.yml ask for nothing but what a cache with telemetry really tells. */

interface Target {
  readonly refId: string
  readonly expr: string
  readonly datasource: { readonly type: string; readonly uid: string }
}

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly datasource: { readonly type: string; readonly uid: string }
  readonly targets: readonly Target[]
}

interface Variable {
  readonly name: string
  readonly type: string
  readonly query: string | { readonly query: string }
}

interface Dashboard {
  readonly schemaVersion: number
  readonly title: string
  readonly uid: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

const dashboard = JSON.parse(textOf('grafana.json')) as Dashboard
const alerts = parse(textOf('alerts.yml')) as { groups: readonly { rules: readonly Rule[] }[] }
const rules = alerts.groups.flatMap((group) => group.rules)
const { panels, templating } = dashboard
const variables = templating.list.filter(({ type }) => type === 'query')
const expressions = [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...variables.map(({ name, query }) => [name, queryOf(query)] as const),
]

/** Given by Prometheus at each scrape, or by its histograms. */
const ITS_OWN = ['job', 'instance', 'le']

describe('docs/grafana.json', () => {
  it('is a dashboard as Grafana imports it', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36)
    expect(dashboard.title).not.toBe('')
    expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { type, title, datasource, targets, gridPos } of panels) {
      expect(title).not.toBe('')
      expect(['stat', 'timeseries']).toContain(type)
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
      const sources = [datasource, ...targets.map((target) => target.datasource)]
      for (const source of sources) {
        expect(source).toEqual({ type: 'prometheus', uid: '${datasource}' })
      }
    }
  })

  it('lets its data source be chosen, and knows every variable that it uses', () => {
    const names = templating.list.map(({ name }) => name)
    expect(templating.list[0]).toMatchObject({ type: 'datasource', query: 'prometheus' })
    const used = expressions.flatMap(([, expr]) => [...expr.matchAll(/\$(\w+)/g)])
    expect(used.length).toBeGreaterThan(10)
    for (const [, name] of used) expect([...names, '__rate_interval']).toContain(name)
  })

  it('has no panel on another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

describe('docs/alerts.yml', () => {
  it('has the alerts that docs/observability.md tells of', () => {
    const listed = rowsUnder(textOf('observability.md'), 'Alert').map(([name = '']) => codes(name))
    expect(listed.flat()).toEqual(rules.map(({ alert }) => alert))
  })

  it('says of every alert how bad it is and what to do', () => {
    expect(rules.length).toBeGreaterThan(3)
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Strata[A-Z]/)
      expect(['warning', 'critical']).toContain(labels.severity)
      expect(annotations.summary).not.toBe('')
      expect(annotations.description).toMatch(/\.$/)
    }
  })
})

describeRedis('what is asked for', () => {
  let told: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>

  beforeAll(async () => {
    told = await scrape()
  }, 60_000)

  it.each(expressions)('is told: %s', (_, expr) => {
    const asked = metricsIn(expr)
    expect(asked).not.toEqual([])
    for (const name of asked) expect([...told.keys()]).toContain(name)
    const labels = asked.flatMap((name) => [...(told.get(name)?.keys() ?? [])])
    for (const label of labelsIn(expr)) expect([...labels, ...ITS_OWN]).toContain(label)
    // a counter is a number since the start of a process: alone it says nothing
    for (const name of asked.filter((one) => /_(?:total|bucket|count|sum)$/.test(one))) {
      const isRate = new RegExp(`(?:rate|increase)\\(${name}|label_values\\(${name}`)
      expect(expr).toMatch(isRate)
    }
  })

  it('is everything there is: no metric is left out', () => {
    const used = new Set(panels.flatMap(({ targets }) => targets.flatMap((t) => metricsIn(t.expr))))
    expect([...told.keys()].filter((name) => !used.has(name))).toEqual([])
  })

  it('with values of labels that exist', () => {
    const known: Record<string, readonly string[]> = {
      outcome: ['hit', 'stale', 'miss', 'bypass', 'error'],
      result: ['ok', 'error', 'applied', 'queued'],
      reason: ['timeout', 'open', 'saturated', 'connection', 'refused', 'record', 'oversize'],
    }
    for (const [, expr] of expressions) {
      for (const [, label = '', value = ''] of expr.matchAll(/(\w+)="([^"$]+)"/g)) {
        expect(known[label]).toContain(value)
      }
    }
  })
})

/** Every sample of a cache that was used in every way, by name, with the values of its labels. */
async function scrape(): Promise<Map<string, Map<string, Set<string>>>> {
  const server = await startRedis()
  const redis = { url: server.url, timeout: '10s', connectTimeout: '15s', maxValueBytes: '1kb' }
  const options = { namespace: 'shop', logger: false, redis } as const
  const cache = createCache(options as Parameters<typeof createCache>[0])
  const registry = new Registry()
  const stop = promMetrics(cache, { registry })
  try {
    await cache.ready()
    await cache.get('a', () => 1)
    await cache.get('a')
    await cache.set('long', 'x'.repeat(2_000)) // an error of the tier: oversize
    await cache.delete('a')
    await until(() => cache.stats().bus.lag !== undefined)
    return samplesOf(await registry.metrics())
  } finally {
    stop()
    await cache.close()
    await server.close()
  }
}

function samplesOf(text: string): Map<string, Map<string, Set<string>>> {
  const told = new Map<string, Map<string, Set<string>>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const seen = told.get(name) ?? new Map<string, Set<string>>()
    told.set(name, seen)
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      seen.set(label, (seen.get(label) ?? new Set()).add(value))
    }
  }
  return told
}

function metricsIn(expr: string): string[] {
  return [...new Set([...expr.matchAll(/\bstrata_\w+/g)].map(([name]) => name))]
}

function labelsIn(expr: string): string[] {
  const matched = [...expr.matchAll(/(\w+)\s*=~?"/g)].map(([, name = '']) => name)
  const grouped = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  )
  const listed = [...expr.matchAll(/label_values\(.*, (\w+)\)/g)].map(([, name = '']) => name)
  return [...matched, ...grouped, ...listed]
}

function queryOf(query: Variable['query']): string {
  return typeof query === 'string' ? query : query.query
}

function textOf(name: string): string {
  return readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
}
