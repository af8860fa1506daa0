import type { Cache } from 'strata-cache'
import { formatDuration } from './quantile.js'
import type { Recorder } from './recorder.js'
import { type Source, sources, titles } from './source.js'

/** The last second in one line. */
export function statusLine(cache: Cache, recorder: Recorder): string {
  const { counts, all } = recorder.recent(1)
  const total = sources.reduce((sum, source) => sum + counts[source], 0)
  const shareOf = (source: Source) => ((100 * counts[source]) / Math.max(1, total)).toFixed(0)
  const shares = sources.map((source) => `${titles[source]} ${shareOf(source)} %`)
  const { depth } = cache.stats().queue
  return [
    redisState(cache),
    ...(depth > 0 ? [`${depth} queued`] : []),
    `${total} req/s`,
    ...shares,
    `p50 ${formatDuration(all.p50)} p99 ${formatDuration(all.p99)}`,
  ].join(' | ')
}

/** In words, without numbers: a change of it is worth a line of its own. */
export function redisState(cache: Cache): string {
  const { redis, bus } = cache.stats()
  return `Redis ${redis.state}${bus.coherent ? '' : ', not coherent'}`
}
