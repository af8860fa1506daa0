import { quantileOf } from './quantile.js'
import { type Source, sources } from './source.js'

/** One second of answers. */
export interface Second {
  readonly counts: Readonly<Record<Source, number>>
  /** Median and 99th percentile in ms of what the handlers waited; absent where nothing was answered. */
  readonly p50: Partial<Record<Source, number>>
  readonly p99: Partial<Record<Source, number>>
}

const seconds = 60
// More would not change a percentile that a person looks at, and a load test may send 20,000 a second.
const maxSamples = 1_000

type Samples = Record<Source, number[]>

/** The last minute of answers, second by second, and the totals since the start. */
export class Recorder {
  readonly totals: Record<Source, number> = eachSource(() => 0)
  readonly #history: { second: Second; samples: Samples }[] = []
  #counts = eachSource(() => 0)
  #samples: Samples = eachSource(() => [])

  record(source: Source, ms: number): void {
    this.totals[source]++
    const count = ++this.#counts[source]
    const samples = this.#samples[source]
    if (samples.length < maxSamples) samples.push(ms)
    else if (Math.random() < maxSamples / count)
      samples[Math.floor(Math.random() * maxSamples)] = ms
  }

  /** Ends the running second. */
  tick(): void {
    const samples = this.#samples
    const second: Second = {
      counts: this.#counts,
      p50: quantilesOf(samples, 0.5),
      p99: quantilesOf(samples, 0.99),
    }
    this.#history.push({ second, samples })
    if (this.#history.length > seconds) this.#history.shift()
    this.#counts = eachSource(() => 0)
    this.#samples = eachSource(() => [])
  }

  get history(): Second[] {
    return this.#history.map(({ second }) => second)
  }

  /** Over the last `count` seconds. */
  recent(count: number): Second & { readonly all: Readonly<{ p50: number; p99: number }> } {
    const last = this.#history.slice(-count)
    const samples = eachSource((source) => last.flatMap((one) => one.samples[source]))
    const all = sources.flatMap((source) => samples[source])
    return {
      counts: eachSource((source) =>
        last.reduce((sum, { second }) => sum + second.counts[source], 0),
      ),
      p50: quantilesOf(samples, 0.5),
      p99: quantilesOf(samples, 0.99),
      all: { p50: quantileOf(all, 0.5), p99: quantileOf(all, 0.99) },
    }
  }
}

function eachSource<Value>(make: (source: Source) => Value): Record<Source, Value> {
  return Object.fromEntries(sources.map((source) => [source, make(source)])) as Record<
    Source,
    Value
  >
}

function quantilesOf(samples: Samples, share: number): Partial<Record<Source, number>> {
  const present = sources.filter((source) => samples[source].length > 0)
  return Object.fromEntries(present.map((source) => [source, quantileOf(samples[source], share)]))
}
