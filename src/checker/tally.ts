import type { Acknowledgement } from './acknowledged.js'
import type { Read } from './history.js'
import type { AgeCount, Judgement, StaleRead } from './judgement.js'
import type { Known } from './known.js'

export interface JudgeOptions {
  /** Milliseconds a value may be served after its invalidation was acknowledged. 0: not at all. */
  readonly maxStaleness: number
  /** The version each key had at the end. A key that is absent was never written. */
  readonly newest: ReadonlyMap<string, number>
  /** The processes that lived to the end: what they queued must be done when everything is at rest. */
  readonly living: ReadonlySet<string>
}

/** How many examples are kept of a kind. */
const EXAMPLES = 5
const AGES = [1, 10, 50]
/** Milliseconds: the last bound of ages when nothing stale is allowed. */
const LAST_AGE = 2_000

type Counts = {
  -readonly [
    Name in
      | 'reads'
      | 'failedReads'
      | 'foreign'
      | 'stale'
      | 'staleInOwnProcess'
      | 'staleBeyond'
      | 'oldest'
      | 'undecided'
  ]: number
}

/** Counts reads, judging each. */
export class Tally {
  readonly #known: Known
  readonly #options: JudgeOptions
  readonly #counts: Counts = {
    reads: 0,
    failedReads: 0,
    foreign: 0,
    stale: 0,
    staleInOwnProcess: 0,
    staleBeyond: 0,
    oldest: 0,
    undecided: 0,
  }
  readonly #rest = { reads: 0, failed: 0, stale: 0 }
  readonly #ages: { upTo: number; count: number }[]
  readonly #sources = new Map<string, number>()
  readonly #examples = {
    stale: new Array<StaleRead>(),
    staleInOwnProcess: new Array<StaleRead>(),
    staleBeyond: new Array<StaleRead>(),
    staleAtRest: new Array<StaleRead>(),
    foreign: new Array<Read>(),
  }

  constructor(known: Known, options: JudgeOptions) {
    this.#known = known
    this.#options = options
    this.#ages = boundsOf(options.maxStaleness).map((upTo) => ({ upTo, count: 0 }))
  }

  add(read: Read): void {
    const { result } = read
    if (result === 'failed') {
      if (read.atRest === true) this.#rest.failed++
      else this.#counts.failedReads++
      return
    }
    if (result === 'foreign' || result > (this.#options.newest.get(read.key) ?? 0)) {
      this.#counts.foreign++
      keep(this.#examples.foreign, read)
      return
    }
    if (read.atRest === true) this.#rest.reads++
    else this.#counts.reads++
    if (read.source !== undefined) {
      this.#sources.set(read.source, (this.#sources.get(read.source) ?? 0) + 1)
    }
    const acknowledged = this.#known.staleBy(read, result)
    if (acknowledged === undefined) return
    if (this.#known.isUnsettled(read.key, result)) this.#counts.undecided++
    else this.#addStale(read, result, acknowledged)
  }

  #addStale(read: Read, version: number, acknowledged: Acknowledgement): void {
    const stale = { read, acknowledged, age: read.begun - acknowledged.at }
    if (read.atRest === true) {
      this.#rest.stale++
      keep(this.#examples.staleAtRest, stale)
      return
    }
    this.#count('stale', stale)
    if (this.#known.staleByOwn(read, version)) this.#count('staleInOwnProcess', stale)
    if (stale.age > this.#options.maxStaleness) this.#count('staleBeyond', stale)
    this.#counts.oldest = Math.max(this.#counts.oldest, stale.age)
    const row = this.#ages.find(({ upTo }) => stale.age <= upTo)
    if (row !== undefined) row.count++
  }

  #count(kind: 'stale' | 'staleInOwnProcess' | 'staleBeyond', stale: StaleRead): void {
    this.#counts[kind]++
    keep(this.#examples[kind], stale)
  }

  judgement(): Judgement {
    return {
      ...this.#counts,
      writes: this.#known.counts,
      ages: this.#ages satisfies AgeCount[],
      rest: this.#rest,
      sources: Object.fromEntries(this.#sources),
      examples: this.#examples,
    }
  }
}

function boundsOf(maxStaleness: number): number[] {
  const last = maxStaleness > 0 ? maxStaleness : LAST_AGE
  return [...AGES.filter((age) => age < last), last, Number.POSITIVE_INFINITY]
}

function keep<T>(examples: T[], one: T): void {
  if (examples.length < EXAMPLES) examples.push(one)
}
