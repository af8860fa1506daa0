import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as pause } from 'node:timers/promises'
import type { ReadEvent } from '../cache/channels.js'
import type { Outcome } from '../cache/outcome.js'
import type { ServerSentEvent } from '../server/events.js'
import { KeptAnswers } from './dashboard/kept-answers.js'
import { nameIn } from './dashboard/namespace-views.js'

/** Which reads are told. Undefined: all. */
export interface TailFilter {
  readonly outcomes: readonly Outcome[] | undefined
  /** Name in URLs. */
  readonly namespace: string | undefined
  /** Beginning of keys. */
  readonly prefix: string
}

/** A read, as followers get it. */
export interface TailedRead {
  /** Wall-clock milliseconds. */
  readonly at: number
  readonly namespace: string
  readonly key: string
  readonly outcome: Outcome
  readonly tier: ReadEvent['tier']
  /** How many reads it tells of. */
  readonly count: number
}

const MOST_FOLLOWERS = 8

/** Reads that wait for a follower; what is more is counted. */
const MOST_WAITING = 1_000

/** Milliseconds. */
const EVERY = 250

/** Ticks without a read after which a follower is told that there was none: who has gone is noticed by it. */
const QUIET_TICKS = 4

/** Ticks after which a follower shows his token again. */
const MOST_TICKS = 1_200

/** The events of `GET /tail`: reads as they happen, collected only while somebody follows. */
export class ReadTail {
  readonly #root: string
  readonly #closing: AbortSignal
  #followers = 0
  /** Raised when all streams of now are to end. */
  #generation = 0

  /** `root`: namespace of the service. Streams end when `closing` aborts. */
  constructor(root: string, closing: AbortSignal) {
    this.#root = root
    this.#closing = closing
  }

  get isFull(): boolean {
    return this.#closing.aborted || this.#followers >= MOST_FOLLOWERS
  }

  /** Whoever follows has to show his token again. */
  disconnect(): void {
    this.#generation++
  }

  /** For one follower. Who is slow misses reads, and is told how many. */
  async *follow(filter: TailFilter): AsyncGenerator<ServerSentEvent> {
    if (this.isFull) return
    this.#followers++
    const generation = this.#generation
    const isWelcome = (): boolean => generation === this.#generation && !this.#closing.aborted
    const waiting = new Waiting(this.#root, filter)
    const note = (event: unknown): void => waiting.note(event as ReadEvent)
    subscribe('strata:read', note)
    try {
      for (let tick = 0; tick < MOST_TICKS; tick++) {
        if (tick > 0) await this.#tick()
        if (!isWelcome()) break
        const isQuiet = waiting.isEmpty && tick % QUIET_TICKS !== 0
        if (!isQuiet) yield { event: 'reads', data: waiting.take() }
      }
      yield { event: 'renew', data: '' }
    } finally {
      unsubscribe('strata:read', note)
      this.#followers--
    }
  }

  async #tick(): Promise<void> {
    try {
      await pause(EVERY, undefined, { signal: this.#closing, ref: false })
    } catch {
      // it closes, which the loop sees
    }
  }
}

/** What one follower has not been told yet. */
class Waiting {
  readonly #root: string
  readonly #filter: TailFilter
  readonly #kept: KeptAnswers
  #reads: TailedRead[] = []
  #dropped = 0

  constructor(root: string, filter: TailFilter) {
    this.#root = root
    this.#filter = filter
    this.#kept = new KeptAnswers(root)
  }

  get isEmpty(): boolean {
    return this.#reads.length === 0 && this.#dropped === 0
  }

  note(event: ReadEvent): void {
    if (event.namespace !== this.#root && nameIn(this.#root, event.namespace) === undefined) return
    const { outcome, tier, count = 1 } = event
    const whose = this.#kept.note(event)
    const namespace = whose && nameIn(this.#root, whose.namespace)
    if (whose === undefined || namespace === undefined) return
    if (!this.#isWanted(namespace, whose.key, outcome)) return
    if (this.#reads.length >= MOST_WAITING) this.#dropped += count
    else this.#reads.push({ at: Date.now(), namespace, key: whose.key, outcome, tier, count })
  }

  take(): { readonly reads: readonly TailedRead[]; readonly dropped: number } {
    const taken = { reads: this.#reads, dropped: this.#dropped }
    this.#reads = []
    this.#dropped = 0
    return taken
  }

  #isWanted(namespace: string, key: string, outcome: Outcome): boolean {
    const { outcomes, namespace: wanted, prefix } = this.#filter
    if (outcomes !== undefined && !outcomes.includes(outcome)) return false
    return (wanted === undefined || wanted === namespace) && key.startsWith(prefix)
  }
}
