import type { Cancel, Clock } from '../clock.js'
import { TierUnavailableError } from '../errors.js'
import { Breaker, type BreakerState } from './breaker.js'
import { Deadlines, type Waiter } from './deadlines.js'
import { failureOf } from './failure.js'
import type { Link } from './link.js'
import { Operation, type Slots } from './operation.js'
import type { Awaitable } from './tier.js'

/** Durations in milliseconds. */
export interface GuardSettings {
  readonly timeout: number
  readonly maxInFlight: number
  readonly breaker: {
    readonly failures: number
    readonly window: number
    readonly halfOpenAfter: number
  }
}

/** `connecting` until the link has started; then the breaker's. `open` also while there is no connection. */
export type GuardState = 'connecting' | BreakerState

/** A connection that claims to be ready and answers no probe for this long is taken for half-open and redialled. */
const REDIAL_AFTER = 5_000

/**
 * Sees to it that talking to Redis costs a bounded time: each operation ends within `timeout`, at most `maxInFlight` wait
 * at once, and after some failures nobody waits at all until a probe in the background has been answered.
 */
export class Guard {
  readonly #settings: GuardSettings
  readonly #link: Link
  readonly #clock: Clock
  readonly #announce: (state: GuardState) => void
  readonly #breaker: Breaker
  readonly #deadlines: Deadlines
  /** Operations that came before the link had started. */
  #early: (() => void)[] | undefined = []
  #slots: Slots = { used: 0 }
  #announced: GuardState = 'connecting'
  #closed = false
  /** Whether the link was ready when we last looked. */
  #linked = false
  /** The failure that opened the breaker. */
  #cause: unknown
  #cancelProbe: Cancel | undefined
  /** The probe has been sent, and its answer has not come, in time or late. */
  #pinging = false
  /** When the first of the probes in vain was sent. */
  #mutedAt: number | undefined

  /** `onChange` hears of each new lasting state; a probe in vain (open, half-open, open) is none. */
  constructor(
    settings: GuardSettings,
    link: Link,
    clock: Clock,
    onChange: (state: GuardState) => void,
  ) {
    this.#settings = settings
    this.#link = link
    this.#clock = clock
    this.#announce = onChange
    this.#breaker = new Breaker(settings.breaker)
    this.#deadlines = new Deadlines(settings.timeout, clock)
    link.onChange(() => this.#look())
    void link.started.then(() => this.#start())
  }

  get state(): GuardState {
    return this.#early === undefined ? this.#breaker.state : 'connecting'
  }

  /** Whether an operation begun now would be sent (or wait for the first connection) instead of failing at once. */
  isUsable(): boolean {
    return (
      !this.#closed &&
      (this.#early !== undefined || this.#breaker.state === 'closed') &&
      this.#slots.used < this.#settings.maxInFlight
    )
  }

  /**
   * The outcome of `work`, or a rejection with `TierUnavailableError` when it does not come in time. `work` may be called
   * later (first connection) or never.
   */
  run<T>(work: () => Awaitable<T>): Promise<T> {
    if (!this.isUsable()) return Promise.reject(this.#refusal())
    return new Promise<T>((resolve, reject) => {
      const operation = new Operation<T>(this.#slots, resolve, reject, this.#timedOut)
      if (this.#early === undefined) this.#send(operation, work)
      else this.#early.push(() => this.#send(operation, work))
    })
  }

  /** What waits is rejected with reason `closed`, as is everything later. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelProbe?.()
    this.#dropAll()
    this.#start()
  }

  readonly #timedOut = (operation: Waiter): void => {
    const error = new TierUnavailableError(
      'timeout',
      `no reply within ${this.#settings.timeout} ms`,
    )
    operation.reject(error)
    this.#failed(error)
  }

  #send<T>(operation: Operation<T>, work: () => Awaitable<T>): void {
    if (this.#closed || this.#breaker.state !== 'closed') {
      operation.slots.used -= 1
      operation.reject(this.#refusal())
      return
    }
    this.#deadlines.add(operation)
    try {
      const reply = work()
      if (isPromise(reply)) {
        reply.then(
          (value) => this.#replied(operation, value),
          (error: unknown) => this.#rejected(operation, error),
        )
      } else this.#replied(operation, reply)
    } catch (error) {
      this.#rejected(operation, error)
    }
  }

  #replied<T>(operation: Operation<T>, value: T): void {
    operation.slots.used -= 1
    if (operation.ended) return
    this.#breaker.succeed()
    this.#deadlines.remove(operation)
    operation.resolve(value)
  }

  #rejected<T>(operation: Operation<T>, error: unknown): void {
    operation.slots.used -= 1
    if (operation.ended) return
    this.#deadlines.remove(operation)
    const failure = failureOf(error)
    if (failure === undefined) {
      operation.reject(error)
      return
    }
    const said = error instanceof Error ? error.message : String(error)
    operation.reject(new TierUnavailableError(failure.reason, said, error))
    if (failure.counts) this.#failed(error)
    else this.#breaker.succeed()
  }

  #failed(cause: unknown): void {
    if (this.#early !== undefined || !this.#breaker.fail(this.#clock.now())) return
    this.#cause = cause
    this.#probeLater()
    this.#tell()
  }

  /** The link has started, well or not; from now on its absence is an outage. */
  #start(): void {
    const early = this.#early
    if (early === undefined) return
    this.#early = undefined
    this.#linked = this.#link.status === 'ready'
    if (!this.#linked) this.#breaker.open()
    this.#tell()
    for (const send of early) send()
  }

  /** The link has changed. */
  #look(): void {
    if (this.#closed || this.#early !== undefined) return
    const linked = this.#link.status === 'ready'
    if (linked === this.#linked) return
    this.#linked = linked
    this.#mutedAt = undefined
    if (linked) {
      this.#probe()
      return
    }
    this.#cancelProbe?.()
    this.#breaker.open()
    this.#pinging = false
    this.#dropAll()
    this.#tell()
  }

  /** The replies of what was in flight will not come: nobody waits for them and their slots are free. */
  #dropAll(): void {
    this.#slots = { used: 0 }
    const error = this.#refusal()
    for (const waiter of this.#deadlines.drain()) waiter.reject(error)
  }

  #probeLater(): void {
    this.#cancelProbe?.()
    this.#cancelProbe = this.#clock.after(this.#settings.breaker.halfOpenAfter, () => this.#probe())
  }

  /** Asks in the background, so that no caller pays for finding out. At most one ping is ever unanswered. */
  #probe(): void {
    this.#cancelProbe?.()
    if (this.#closed || !this.#linked) return
    this.#breaker.probe()
    const sentAt = this.#clock.now()
    this.#mutedAt ??= sentAt
    this.#cancelProbe = this.#clock.after(this.#settings.timeout, () => this.#probeFailed())
    if (this.#pinging) return
    this.#pinging = true
    const slots = this.#slots
    this.#link.ping().then(
      () => this.#pinged(slots, sentAt),
      (error: unknown) => this.#pinged(slots, sentAt, error),
    )
  }

  #pinged(slots: Slots, sentAt: number, error?: unknown): void {
    // an answer on a connection that has been lost meanwhile says nothing about the present one
    if (slots !== this.#slots || this.#closed) return
    this.#pinging = false
    if (error !== undefined) {
      const failure = failureOf(error)
      if (failure?.counts !== false) {
        this.#cause = error
        if (this.#breaker.state === 'half-open') this.#probeFailed()
        return
      }
    }
    this.#mutedAt = undefined
    // late, but alive: the next one decides
    if (this.#clock.now() - sentAt > this.#settings.timeout) this.#probe()
    else this.#shut()
  }

  #shut(): void {
    this.#cancelProbe?.()
    this.#breaker.close()
    this.#cause = undefined
    this.#tell()
  }

  #probeFailed(): void {
    this.#breaker.open()
    this.#probeLater()
    const mutedAt = this.#mutedAt ?? this.#clock.now()
    if (this.#clock.now() - mutedAt < REDIAL_AFTER) return
    this.#mutedAt = undefined
    this.#link.redial()
  }

  #tell(): void {
    const { state } = this
    if (state === this.#announced || this.#closed) return
    this.#announced = state
    this.#announce(state)
  }

  #refusal(): TierUnavailableError {
    if (this.#closed) return new TierUnavailableError('closed', 'closed')
    if (this.#early === undefined && this.#link.status !== 'ready') {
      return new TierUnavailableError('connection', this.#link.reason() ?? 'not connected')
    }
    if (this.#early === undefined && this.#breaker.state !== 'closed') {
      return new TierUnavailableError('open', 'not asked: it did not answer before', this.#cause)
    }
    const { maxInFlight } = this.#settings
    return new TierUnavailableError(
      'saturated',
      `${maxInFlight} operations are waiting already (maxInFlight)`,
    )
  }
}

function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function'
}
