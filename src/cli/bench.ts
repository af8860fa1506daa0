import { randomUUID } from 'node:crypto'
import { byteSize } from './byte-size.js'
import type { Command } from './command.js'
import { countFlag } from './count-flag.js'
import { durationFlag } from './duration-flag.js'
import { Failure } from './failure.js'
import { load, type LoadResult } from './load.js'
import { printJson } from './print-json.js'
import { rows } from './rows.js'
import { ServicePlace } from './service-place.js'
import { JSON_FLAG, SERVICE_FLAGS, serviceOf } from './target.js'

export const bench: Command = {
  name: 'bench',
  summary: 'Measure how fast a service answers hits, or a path of its proxy',
  usage: '[KEY|/PATH]',
  arguments: { min: 0, max: 1 },
  flags: [
    { name: 'connections', value: 'N', help: 'at once, 1 .. 1024 (default: 16)' },
    { name: 'duration', value: 'DURATION', help: '1s .. 10m (default: 5s)' },
    { name: 'namespace', short: 'n', value: 'NAME', help: 'of the key (default: default)' },
    ...SERVICE_FLAGS,
    JSON_FLAG,
  ],
  details: `
Without a key it stores one of 100 bytes, and deletes it in the end. The load is made by this process, in JavaScript: on the machine
of the service it takes its CPU, and a native service answers more than one such process can ask.

  strata bench -n shop post:7 --connections 64 --duration 10s

Exit codes: 0 all were answered 200, 1 some were not.`,
  async run(args, io) {
    const connections = countFlag(args, 'connections', 16, { min: 1, max: 1_024 })
    const duration = durationFlag(args, 'duration', 5_000, { min: 1_000, max: 600_000 })
    const target = { ...serviceOf(args, io.env), namespace: args.text('namespace') ?? 'default' }
    const [said] = args.positionals
    const place = new ServicePlace(target)
    const key = said ?? `strata-bench-${randomUUID()}`
    const isPath = key.startsWith('/')
    if (said === undefined) await place.set(key, 'x'.repeat(98), { ttl: '1h' })
    else if (!isPath && (await place.read(key)) === undefined) {
      throw new Failure(1, `nothing fresh under '${key}' in ${place.name}`)
    }
    const path = isPath ? key : `/v1/${target.namespace}/${encodeURIComponent(key)}`
    const url = new URL(target.url.replace(/\/+$/, '') + path)
    if (url.protocol !== 'http:') throw new Failure(2, 'bench speaks http only', 'bench')
    const headers = target.token === undefined ? {} : { authorization: `Bearer ${target.token}` }
    try {
      const result = await load({ url, headers, connections, duration })
      if (args.flag('json') === true) printJson(io.stdout, plain(result))
      else io.stdout.write(rows(linesOf(result)))
      return isClean(result) ? 0 : 1
    } finally {
      if (said === undefined) await place.purge({ keys: [key] })
    }
  },
}

function isClean({ statuses, requests, errors }: LoadResult): boolean {
  return requests > 0 && errors === 0 && statuses['200'] === requests
}

function plain({ latency, ...rest }: LoadResult): object {
  const at = (percent: number): number => latency.percentile(percent) / 1_000
  const ms = { p50: at(50), p90: at(90), p99: at(99), max: latency.max / 1_000 }
  return { ...rest, perSecond: Math.round(rest.requests / rest.seconds), ms }
}

function linesOf(result: LoadResult): readonly (readonly [string, string])[] {
  const { requests, seconds, statuses, errors, bytes, latency } = result
  const ms = (percent: number): string => (latency.percentile(percent) / 1_000).toFixed(2)
  const answered = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`)
  return [
    [
      'requests',
      `${requests} in ${seconds.toFixed(1)} s, ${Math.round(requests / seconds)} a second`,
    ],
    ['answers', [...answered, ...(errors === 0 ? [] : [`none: ${errors}`])].join(', ')],
    [
      'latency',
      `p50 ${ms(50)} ms, p90 ${ms(90)}, p99 ${ms(99)}, max ${(latency.max / 1_000).toFixed(2)}`,
    ],
    ['bytes', `${byteSize(bytes)}, ${byteSize(Math.round(bytes / seconds))} a second`],
  ]
}
