/** What happened in the last minutes, made of the counts that come every second. */

/** @typedef {import('../stats-view.js').StatsView} StatsView */
/** @typedef {{ hit: number, stale: number, miss: number, bypass: number, error: number }} Reads */
/** @typedef {{ at: number, seconds: number, reads: Map<string, Reads>, latency: StatsView['latency'] }} Sample */

const KEPT_SECONDS = 300

/** Counts of a longer while say nothing of each second in it: a gap is drawn. */
const LONGEST_STEP = 5

/** The name of all namespaces together, which none has. */
export const ALL = ''

export class Series {
  /** @type {Sample[]} */
  #samples = []
  /** @type {{ view: StatsView, reads: Map<string, Reads> } | undefined} */
  #last

  /** @param {StatsView} view */
  add(view) {
    const reads = readsOf(view)
    const last = this.#last
    this.#last = { view, reads }
    // a service that was started anew counts from nothing
    if (last === undefined || view.uptime < last.view.uptime) {
      this.#samples = []
      return
    }
    const seconds = (view.at - last.view.at) / 1_000
    if (seconds <= 0) return
    const since = new Map([...reads].map(([name, now]) => [name, less(now, last.reads.get(name))]))
    this.#samples.push({ at: view.at, seconds, reads: since, latency: view.latency })
    const oldest = view.at - KEPT_SECONDS * 1_000
    while ((this.#samples[0]?.at ?? oldest) < oldest) this.#samples.shift()
  }

  /**
   * For the chart: seconds, and for each the reads by outcome and the hit ratio.
   *
   * @param {string} name
   * @returns {[number[], ...(number | null)[][]]}
   */
  reads(name) {
    const rows = this.#samples.map(({ at, seconds, reads }) => {
      const some = seconds > LONGEST_STEP ? undefined : (reads.get(name) ?? NONE)
      if (some === undefined) return [at / 1_000, null, null, null, null, null]
      const { hit, stale, miss, bypass, error } = some
      const ratio = ratioOf(some)
      return [
        at / 1_000,
        hit / seconds,
        stale / seconds,
        miss / seconds,
        (bypass + error) / seconds,
        ratio === undefined ? null : ratio * 100,
      ]
    })
    return columns(rows, 6)
  }

  /**
   * For the chart: seconds, and for each three percentiles of requests in milliseconds.
   *
   * @returns {[number[], ...(number | null)[][]]}
   */
  requests() {
    const rows = this.#samples.map(({ at, latency: { requests } }) => [
      at / 1_000,
      requests?.p50 ?? null,
      requests?.p90 ?? null,
      requests?.p99 ?? null,
    ])
    return columns(rows, 4)
  }
}

/**
 * The reads of the last minute, also of what was before this page was opened.
 *
 * @param {StatsView} view
 * @param {string} name
 */
export function minuteOf({ namespaces }, name) {
  return namespaces
    .filter(({ namespace }) => name === ALL || namespace === name)
    .map(({ lastMinute }) => sums(lastMinute))
    .reduce(plus, NONE)
}

/** @param {Reads} reads */
export function totalOf({ hit, stale, miss, bypass, error }) {
  return hit + stale + miss + bypass + error
}

/**
 * @param {Reads} reads
 * @returns {number | undefined}
 */
export function ratioOf(reads) {
  const total = totalOf(reads)
  return total === 0 ? undefined : reads.hit / total
}

/** @type {Reads} */
const NONE = { hit: 0, stale: 0, miss: 0, bypass: 0, error: 0 }

/**
 * @param {StatsView} view
 * @returns {Map<string, Reads>}
 */
function readsOf({ namespaces }) {
  const all = new Map(namespaces.map(({ namespace, reads }) => [namespace, sums(reads)]))
  let total = NONE
  for (const reads of all.values()) total = plus(total, reads)
  return all.set(ALL, total)
}

/**
 * @param {StatsView['namespaces'][number]['reads']} reads
 * @returns {Reads}
 */
function sums(reads) {
  const of = (/** @type {keyof Reads} */ outcome) =>
    Object.values(reads[outcome] ?? {}).reduce((sum, times) => sum + times, 0)
  return {
    hit: of('hit'),
    stale: of('stale'),
    miss: of('miss'),
    bypass: of('bypass'),
    error: of('error'),
  }
}

/**
 * @param {Reads} a
 * @param {Reads} b
 * @returns {Reads}
 */
function plus(a, b) {
  return {
    hit: a.hit + b.hit,
    stale: a.stale + b.stale,
    miss: a.miss + b.miss,
    bypass: a.bypass + b.bypass,
    error: a.error + b.error,
  }
}

/**
 * @param {Reads} now
 * @param {Reads} [before] of a namespace that is new: nothing
 * @returns {Reads}
 */
function less(now, before = NONE) {
  return {
    hit: now.hit - before.hit,
    stale: now.stale - before.stale,
    miss: now.miss - before.miss,
    bypass: now.bypass - before.bypass,
    error: now.error - before.error,
  }
}

/**
 * @param {(number | null)[][]} rows
 * @param {number} width
 */
function columns(rows, width) {
  const turned = Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? null))
  return /** @type {[number[], ...(number | null)[][]]} */ (turned)
}
