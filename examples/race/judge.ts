import type { Pages, Triples } from './journal.js'

interface Acknowledgement {
  readonly version: number
  readonly at: number
  readonly process: number
}
/** How long before each stale read began a newer version had been acknowledged, in milliseconds. */
export interface Verdict {
  reads: number
  /** This very process had invalidated. */
  readonly own: number[]
  /** Only others had. */
  readonly other: number[]
  unacknowledged: number
}

/**
 * Judges the reads of one cache by what its invalidations had promised before: a read is stale when a newer version had
 * been acknowledged, anywhere, before it began. What was acknowledged while it ran is not held against it.
 */
export class Judge {
  readonly verdict: Verdict = { reads: 0, own: [], other: [], unacknowledged: 0 }
  /** By row; by version in each. */
  readonly #acknowledgements = new Map<number, Acknowledgement[]>()
  /** By process: read after the other process's report, which may lack what was acknowledged before them. */
  readonly #undecided = new Map<number, number[]>()

  /** Everything of one process's report; all processes' before `judge`. */
  hear(process: number, { reads, acknowledgements, unacknowledged }: Pages): void {
    for (const [row, version, at] of triplesOf(acknowledgements)) {
      insert(entryOf(this.#acknowledgements, row), { version, at, process })
    }
    const undecided = entryOf(this.#undecided, process)
    for (const read of triplesOf(reads)) undecided.push(...read)
    this.verdict.unacknowledged += unacknowledged
  }

  /** All reads that began before `until`: up to there the acknowledgements of every process are known. */
  judge(until: number): void {
    for (const [process, reads] of this.#undecided) {
      const left: number[] = []
      for (const read of triplesOf(reads)) {
        if (read[2] < until) this.#judgeOne(process, ...read)
        else left.push(...read)
      }
      this.#undecided.set(process, left)
    }
  }

  #judgeOne(process: number, row: number, version: number, beganAt: number): void {
    this.verdict.reads++
    let since = Number.POSITIVE_INFINITY
    let own = false
    const acknowledgements = entryOf(this.#acknowledgements, row)
    for (let i = acknowledgements.length - 1; i >= 0; i--) {
      const newer = acknowledgements[i]!
      if (newer.version <= version) break
      if (newer.at >= beganAt) continue
      since = Math.min(since, newer.at)
      own ||= newer.process === process
    }
    if (since < beganAt) this.verdict[own ? 'own' : 'other'].push(beganAt - since)
  }
}

function* triplesOf(flat: Triples | readonly number[]): Generator<[number, number, number]> {
  for (let i = 0; i < flat.length; i += 3) yield [flat[i]!, flat[i + 1]!, flat[i + 2]!]
}

function entryOf<K, V>(map: Map<K, V[]>, key: K): V[] {
  let entry = map.get(key)
  if (entry === undefined) map.set(key, (entry = []))
  return entry
}

/** Almost always at the end. */
function insert(sorted: Acknowledgement[], one: Acknowledgement): void {
  let i = sorted.length
  while (i > 0 && sorted[i - 1]!.version > one.version) i--
  sorted.splice(i, 0, one)
}
