import type { Clock } from '../../clock.js'
import { type Frequent, SpaceSaving } from './space-saving.js'
import { TwoSpans } from './two-spans.js'

/** A key that was read often in the last minute or two. */
export interface HotKey {
  readonly namespace: string
  readonly key: string
  /** Reads, at most so many; at least `reads - error`. */
  readonly reads: number
  readonly error: number
  /** `reads` for each second. */
  readonly rate: number
}

const SPAN = 60_000

/** Counters of each span: a key with more than one read in 500 is not missed. */
const COUNTERS = 500

const SHOWN = 20

/** The keys that are read most. */
export class HotKeys {
  readonly #spans: TwoSpans<SpaceSaving>

  constructor(clock: Clock) {
    this.#spans = new TwoSpans(SPAN, () => new SpaceSaving(COUNTERS), clock)
  }

  add(namespace: string, key: string, times: number): void {
    this.#spans.current().add(namespace, key, times)
  }

  view(): HotKey[] {
    const sketches = this.#spans.spans().map(({ what }) => what)
    const counted = sketches.map(byLabel)
    const labels = new Map(counted.flatMap((counters) => [...counters]))
    const seconds = Math.max(1, this.#spans.seconds())
    const sums = [...labels].map(([label, { group, key }]): HotKey => {
      let reads = 0
      let error = 0
      for (const [i, { least }] of sketches.entries()) {
        const one = counted[i]?.get(label)
        // one without a counter may have been read as often as the least that has one
        reads += one?.count ?? least
        error += one?.error ?? least
      }
      return { namespace: group, key, reads, error, rate: reads / seconds }
    })
    return sums.sort((a, b) => b.reads - a.reads).slice(0, SHOWN)
  }
}

/** No namespace holds what stands between it and the key. */
function byLabel(sketch: SpaceSaving): ReadonlyMap<string, Frequent> {
  return new Map(sketch.counters().map((one) => [`${one.group}\0${one.key}`, one]))
}
