import type { Clock } from '../clock.js'
import type { CommandClient } from './redis-client.js'

/** Milliseconds: a measurement no wider than this is good enough. */
const NARROW = 5
/** Measurements taken at most: a pause of this process widens one, hardly three in a row. */
const ATTEMPTS = 3

/**
 * What time it is in Redis, seen from this process: the difference of the two clocks, known as an interval as wide as a
 * round trip. Of the interval the conversions of a lifetime take the end that shortens it, so an entry may be lost a moment
 * early and is never served too long. In Cluster the interval spans the clocks of all masters.
 */
export class RedisTime {
  readonly #clock: Clock
  #low = Number.NaN
  #high = Number.NaN

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Asks each of these servers. Rejects, and keeps what it knew, when one does not answer. */
  async measure(servers: readonly CommandClient[]): Promise<void> {
    const offsets = await Promise.all(servers.map((server) => this.#offsetOf(server)))
    if (offsets.length === 0) throw new Error('no master to take the time from')
    this.#low = Math.min(...offsets.map(({ low }) => low))
    this.#high = Math.max(...offsets.map(({ high }) => high))
  }

  /** Milliseconds between the two ends of what is known. */
  get width(): number {
    return Math.ceil(this.#high - this.#low)
  }

  /** An instant of this process in whole milliseconds of Redis time, not later than it is. */
  toRedis(at: number): number {
    return Math.floor(at + this.#low)
  }

  /** The same, not earlier than it is: for what Redis is to refuse afterwards. */
  toRedisAtLatest(at: number): number {
    return Math.ceil(at + this.#high)
  }

  /** An instant of Redis time on this process's clock, not later than it is. */
  fromRedis(at: number): number {
    return at - this.#high
  }

  async #offsetOf(server: CommandClient): Promise<Offset> {
    let best: Offset = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
    for (let attempt = 0; attempt < ATTEMPTS && best.high - best.low > NARROW; attempt++) {
      const sentAt = this.#clock.now()
      const [seconds, micros] = await server.time()
      const repliedAt = this.#clock.now()
      const at = Number(seconds) * 1_000 + Number(micros) / 1_000
      if (!Number.isFinite(at)) throw new Error('TIME gave no time')
      if (repliedAt - sentAt < best.high - best.low)
        best = { low: at - repliedAt, high: at - sentAt }
    }
    return best
  }
}

/** Redis time minus this process's time lies between. */
interface Offset {
  readonly low: number
  readonly high: number
}
