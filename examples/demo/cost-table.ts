import type { Cost, RouteCosts, Way } from './measure.js'
import { formatDuration } from './quantile.js'

/** Of 100 requests in a warm shop: 95 find the value in this process, 4 in Redis, 1 runs the loader. */
const mix: Readonly<Record<Exclude<Way, 'plain'>, number>> = {
  memory: 0.95,
  redis: 0.04,
  miss: 0.01,
}

interface MixCost {
  readonly average: number
  /** How many times the plain database's. */
  readonly ratio: number
}

/** Without Redis its 4 % are answered by memory. */
function mixOf({ costs }: RouteCosts, part: keyof Cost): MixCost {
  const { plain, miss, memory, redis = memory } = costs
  const value = (cost: Cost | undefined) => cost?.[part] ?? Number.NaN
  const average = mix.memory * value(memory) + mix.redis * value(redis) + mix.miss * value(miss)
  return { average, ratio: value(plain) / average }
}

export function costTable(routes: readonly RouteCosts[]): string {
  const withRedis = routes.every(({ costs }) => costs.redis)
  const mixTitle = withRedis ? '95/4/1 mix' : '99/-/1 mix'
  const head = ['', 'no cache', 'miss', 'L2 Redis', 'L1 memory', mixTitle, 'no cache / mix']
  const rowsOf = (part: keyof Cost) =>
    routes.map((one) => {
      const cells = (['plain', 'miss', 'redis', 'memory'] as const).map((way) =>
        formatDuration(one.costs[way]?.[part] ?? Number.NaN),
      )
      const { average, ratio } = mixOf(one, part)
      return [one.route, ...cells, formatDuration(average), formatRatio(ratio)]
    })
  return [
    'What a handler waited for its data (median)',
    ...align([head, ...rowsOf('data')]),
    '',
    'The whole request over HTTP, the client being in the same process (median)',
    ...align([head, ...rowsOf('total')]),
    '',
    `no cache: every page from the database. miss: the loader ran and the value was stored.`,
    `mix: 95 % L1, 4 % L2, 1 % miss${withRedis ? '' : ' (99 % L1 where there is no Redis)'}, computed from the columns before it.`,
  ].join('\n')
}

function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(ratio < 10 ? 1 : 0)} x` : '-'
}

export function align(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('   ')
      .trimEnd(),
  )
}
