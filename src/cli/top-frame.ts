import type { StatsView } from '../service/dashboard/stats-view.js'
import { byteSize } from './byte-size.js'
import { printable } from './rows.js'
import { span } from './span.js'
import { table } from './table.js'

/** What `strata top` shows of two moments: totals of the later one, rates between both. */
export function topFrame(before: StatsView, now: StatsView): string {
  const seconds = Math.max(0.001, (now.at - before.at) / 1_000)
  const parts = [headOf(now), namespacesOf(before, now, seconds), latencyOf(now)]
  return `${[...parts, hotOf(now), slowOf(now)].filter((part) => part !== '').join('\n\n')}\n`
}

function headOf({ version, uptime, native, redis, bus, queue, memory }: StatsView): string {
  const most = memory.maxBytes === undefined ? '' : ` of ${byteSize(memory.maxBytes)}`
  return [
    `strata ${version}, up ${span(uptime * 1_000)}, ${native ? 'native' : 'TypeScript'} listener`,
    `redis ${redis.state}, bus ${bus.coherent ? 'coherent' : 'NOT coherent'}, queue ${queue.depth}`,
    `memory ${memory.entries} entries, ${byteSize(memory.bytes)}${most}, process ${byteSize(memory.rss)}`,
  ].join('\n')
}

type Reads = StatsView['namespaces'][number]['reads']

function namespacesOf(before: StatsView, now: StatsView, seconds: number): string {
  const earlier = new Map(before.namespaces.map(({ namespace, reads }) => [namespace, reads]))
  const used = now.namespaces.filter(({ reads }) => total(reads) > 0)
  const rows = used.map(({ name, namespace, reads, loads, loadFailures }) => {
    const rate = (total(reads) - total(earlier.get(namespace))) / seconds
    return [
      name ?? namespace,
      rate.toFixed(rate < 10 ? 1 : 0),
      ratioOf(reads, earlier.get(namespace)),
      `${sum(reads.hit)}`,
      `${sum(reads.stale)}`,
      `${sum(reads.miss)}`,
      `${sum(reads.error)}`,
      `${loads}`,
      `${loadFailures}`,
    ]
  })
  const head = ['namespace', 'reads/s', 'hits', 'hit', 'stale', 'miss', 'error', 'loads', 'failed']
  return tableOf(head, rows)
}

function sum(tiers: Readonly<Record<string, number>> | undefined): number {
  return Object.values(tiers ?? {}).reduce((a, b) => a + b, 0)
}

function total(reads: Reads | undefined): number {
  return Object.values(reads ?? {}).reduce((a, tiers) => a + sum(tiers), 0)
}

/** Of the reads in between; of all where there were none. */
function ratioOf(reads: Reads, earlier: Reads | undefined): string {
  const all = total(reads) - total(earlier)
  const isQuiet = all <= 0
  const hits = sum(reads.hit) - (isQuiet ? 0 : sum(earlier?.hit))
  const of = isQuiet ? total(reads) : all
  return of === 0 ? '-' : `${((100 * hits) / of).toFixed(1)}%`
}

function latencyOf({ latency }: StatsView): string {
  const rows = (['requests', 'loads'] as const).flatMap((name) => {
    const view = latency[name]
    if (view === undefined) return []
    const times = [view.p50, view.p90, view.p99, view.max].map((ms) => ms.toFixed(1))
    return [[name, `${view.count}`, ...times]]
  })
  return tableOf(['last minute', 'count', 'p50 ms', 'p90', 'p99', 'max'], rows)
}

/** Nothing where there are no rows. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : table(head, rows).trimEnd()
}

/** Rows of each list. */
const SHOWN = 8
const LONGEST_KEY = 48

function hotOf({ hotKeys }: StatsView): string {
  const rows = hotKeys
    .slice(0, SHOWN)
    .map(({ name, namespace, key, rate }) => [name ?? namespace, keyOf(key), rate.toFixed(1)])
  return tableOf(['hottest', 'key', 'reads/s'], rows)
}

function slowOf({ slowLoads }: StatsView): string {
  const rows = slowLoads
    .slice(0, SHOWN)
    .map(({ name, namespace, key, ms, failed }) => [
      name ?? namespace,
      keyOf(key),
      `${ms.toFixed(0)} ms${failed ? ' failed' : ''}`,
    ])
  return tableOf(['slowest loads', 'key', 'time'], rows)
}

function keyOf(key: string): string {
  const shown = printable(key).replaceAll('\n', '\\n')
  return shown.length > LONGEST_KEY ? `${shown.slice(0, LONGEST_KEY - 3)}...` : shown
}
