import { formatDuration } from '../../demo/quantile.js'
import type { Load } from '../load/load.js'

/** `p90 2.1 ms, p99 3.4 ms, 476 requests/s` */
export const tailOf = ({ p90, p99, perSecond }: Load): string =>
  `p90 ${formatDuration(p90)}, p99 ${formatDuration(p99)}, ${formatRate(perSecond)}`

export const formatRate = (perSecond: number): string =>
  `${Number(perSecond.toPrecision(3)).toLocaleString('en-US')} requests/s`

/** Where the process that asks was the limit: the server could have answered more. */
export const isAskerLimited = ({ askerBusy }: Load): boolean => askerBusy > 0.9
