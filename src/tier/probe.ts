import type { Cancel, Clock } from '../clock.js'
import { failureOf } from './failure.js'
import type { Link } from './link.js'

/** Durations in milliseconds. */
export interface ProbeSettings {
  readonly timeout: number
  /** Pause before each probe but the first on a new connection. */
  readonly pause: number
}

export interface ProbeListener {
  asking(): void
  answered(): void
  /** No good answer in time; another probe follows. */
  inVain(): void
  /** What a ping was rejected with, in time or not. */
  failed(error: unknown): void
}

/** A connection that claims to be ready and answers no probe for this long is taken for half-open and redialled. */
const REDIAL_AFTER = 5_000

/** Asks in the background whether Redis is back, so that no caller pays for finding out. At most one ping is unanswered. */
export class Probe {
  readonly #settings: ProbeSettings
  readonly #link: Link
  readonly #clock: Clock
  readonly #listener: ProbeListener
  #cancel: Cancel | undefined
  /** An answer is awaited: in time. */
  #asking = false
  /** The ping has been sent, and its answer has not come, in time or late. */
  #pinging = false
  /** When the first of the probes in vain was sent. */
  #mutedAt: number | undefined
  /** Incarnation of the connection: an answer on an earlier one says nothing about the present one. */
  #generation = 0

  constructor(settings: ProbeSettings, link: Link, clock: Clock, listener: ProbeListener) {
    this.#settings = settings
    this.#link = link
    this.#clock = clock
    this.#listener = listener
  }

  later(): void {
    this.#cancel?.()
    this.#cancel = this.#clock.after(this.#settings.pause, () => this.ask())
  }

  ask(): void {
    this.#cancel?.()
    this.#asking = true
    this.#listener.asking()
    const sentAt = this.#clock.now()
    this.#mutedAt ??= sentAt
    this.#cancel = this.#clock.after(this.#settings.timeout, () => this.#failed())
    if (this.#pinging) return
    this.#pinging = true
    const generation = this.#generation
    this.#link.ping().then(
      () => this.#pinged(generation, sentAt),
      (error: unknown) => this.#pinged(generation, sentAt, error),
    )
  }

  /** The connection is another one, or of no more interest. */
  stop(): void {
    this.#cancel?.()
    this.#generation += 1
    this.#asking = this.#pinging = false
    this.#mutedAt = undefined
  }

  #pinged(generation: number, sentAt: number, error?: unknown): void {
    if (generation !== this.#generation) return
    this.#pinging = false
    if (error !== undefined && failureOf(error)?.counts !== false) {
      this.#listener.failed(error)
      if (this.#asking) this.#failed()
      return
    }
    this.#mutedAt = undefined
    // late, but alive: the next one decides
    if (this.#clock.now() - sentAt > this.#settings.timeout) this.ask()
    else this.#answered()
  }

  #answered(): void {
    this.#cancel?.()
    this.#asking = false
    this.#listener.answered()
  }

  #failed(): void {
    this.#asking = false
    this.#listener.inVain()
    this.later()
    const mutedAt = this.#mutedAt ?? this.#clock.now()
    if (this.#clock.now() - mutedAt < REDIAL_AFTER) return
    this.#mutedAt = undefined
    this.#link.redial()
  }
}
