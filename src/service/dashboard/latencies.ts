import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Clock } from '../../clock.js'
import { TwoSpans } from './two-spans.js'

/** How long something took in the last minute or two, in milliseconds. */
export interface LatencyView {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

const SPAN = 60_000

/** Recorded are microseconds, two digits of which are exact: 1 us .. 1 hour in some 30 kB. */
const HIGHEST = 3_600_000_000

const BUCKETS = { lowest: 1, highest: HIGHEST, figures: 2 }

/** Percentiles of the last minute or two; memory does not grow with what is recorded. */
export class Latencies {
  readonly #spans: TwoSpans<RecordableHistogram>

  constructor(clock: Clock) {
    this.#spans = new TwoSpans(SPAN, () => createHistogram(BUCKETS), clock)
  }

  /** Milliseconds. */
  record(ms: number): void {
    this.#spans.current().record(Math.min(HIGHEST, Math.max(1, Math.round(ms * 1_000))))
  }

  /** Undefined: nothing was recorded. */
  view(): LatencyView | undefined {
    const all = createHistogram(BUCKETS)
    for (const { what } of this.#spans.spans()) if (what.count > 0) all.add(what)
    if (all.count === 0) return undefined
    const at = (percentile: number): number => all.percentile(percentile) / 1_000
    return { count: all.count, p50: at(50), p90: at(90), p99: at(99), max: all.max / 1_000 }
  }
}
