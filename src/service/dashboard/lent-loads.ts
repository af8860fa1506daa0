import type { LeaseEvent } from '../../cache/channels.js'
import type { Clock } from '../../clock.js'

/** A load of a client that has ended. */
export interface LentLoad {
  readonly namespace: string
  readonly key: string
  readonly ms: number
  readonly failed: boolean
}

/** Loads that are waited for: those of holders that died are never ended. */
const MOST = 1_000

/** How long clients take to load what they have a lease for, from when it was lent until it was put or given up here. */
export class LentLoads {
  readonly #clock: Clock
  /** When it was lent, the oldest first. One key is lent to one holder at a time. */
  readonly #begun = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Undefined: this was not the end of one that was seen to begin. */
  note({ namespace, key, what }: LeaseEvent): LentLoad | undefined {
    const label = `${namespace}\0${key}`
    const begun = this.#begun.get(label)
    // what comes too late may not be the holder's, whose load goes on
    if (what === 'revoked') return undefined
    this.#begun.delete(label)
    if (what === 'lent') this.#begin(label)
    else if (begun !== undefined) {
      return { namespace, key, ms: this.#clock.now() - begun, failed: what === 'returned' }
    }
    return undefined
  }

  #begin(label: string): void {
    const [oldest] = this.#begun.keys()
    if (this.#begun.size >= MOST && oldest !== undefined) this.#begun.delete(oldest)
    this.#begun.set(label, this.#clock.now())
  }
}
