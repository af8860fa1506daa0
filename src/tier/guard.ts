import type { Clock } from '../clock.js'
import { TierUnavailableError } from '../errors.js'
import { Breaker, type BreakerState } from './breaker.js'
import { Deadlines } from './deadlines.js'
import { failureOf } from './failure.js'
import type { Link } from './link.js'
import { Operation } from './operation.js'
import { Probe } from './probe.js'
import { Slots } from './slots.js'
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

/** For each slot so many operations may wait, each for as many timeouts. */
const LINE_PER_SLOT = 10

/**
 * Sees to it that talking to Redis costs a bounded time: each operation ends within `timeout` of being sent, at most
 * `maxInFlight` are sent and unanswered at once while others wait in line, and after some failures nobody waits at all until a
 * probe in the background has been answered.
 *
 * The time in line is not Redis's: thousands of keys asked for at once are answered one after another, in little time each.
 * The line moves while Redis answers; when it does not, the breaker ends the line.
 */
export class Guard {
  readonly #settings: GuardSettings
  readonly #link: Link
  readonly #clock: Clock
  readonly #announce: (state: GuardState) => void
  readonly #breaker: Breaker
  /** Of what has been sent. */
  readonly #deadlines: Deadlines
  /** Of those in line. */
  readonly #patience: Deadlines
  readonly #probe: Probe
  /** Until then operations wait in line, without a deadline. */
  #started = false
  #slots = new Slots()
  /** Operations are being taken out of the line. */
  #moving = false
  #announced: GuardState = 'connecting'
  #closed = false
  /** Whether the link was ready when we last looked. */
  #linked = false
  /** The failure that opened the breaker. */
  #cause: unknown

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
    this.#patience = new Deadlines(settings.timeout * LINE_PER_SLOT, clock)
    this.#probe = new Probe(
      { timeout: settings.timeout, pause: settings.breaker.halfOpenAfter },
      link,
      clock,
      {
        asking: () => this.#breaker.probe(),
        answered: () => this.#shut(),
        inVain: () => this.#breaker.open(),
        failed: (error) => {
          this.#cause = error
        },
      },
    )
    link.onChange(() => this.#look())
    void link.started.then(() => this.#start())
  }

  get state(): GuardState {
    return this.#started ? this.#breaker.state : 'connecting'
  }

  /** Whether an operation begun now would be sent, now or when its turn comes, instead of failing at once. */
  isUsable(): boolean {
    return (
      !this.#closed &&
      (!this.#started || this.#breaker.state === 'closed') &&
      this.#slots.waiting < this.#settings.maxInFlight * LINE_PER_SLOT
    )
  }

  /**
   * The outcome of `work`, or a rejection with `TierUnavailableError` when it does not come in time. `work` may be called
   * later (first connection, no slot free) or never.
   */
  run<T>(work: () => Awaitable<T>): Promise<T> {
    if (!this.isUsable()) return Promise.reject(this.#refusal())
    return new Promise<T>((resolve, reject) => {
      const operation = new Operation<T>(work, resolve, reject, this.#timedOut)
      if (this.#started && this.#slots.used < this.#settings.maxInFlight) this.#send(operation)
      else this.#push(operation as Operation<unknown>)
    })
  }

  /** What waits is rejected with reason `closed`, as is everything later. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#probe.stop()
    this.#dropAll()
    this.#start()
  }

  readonly #timedOut = (operation: Operation<unknown>): void => {
    const { timeout } = this.#settings
    if (operation.sent) {
      const error = new TierUnavailableError('timeout', `no reply within ${timeout} ms`)
      operation.reject(error)
      if (this.#isAtStandstill()) this.#open(error)
      // Time spent behind others is our own doing, as long as Redis answers them.
      else if (!this.#slots.isBehind(operation)) this.#failed(error)
      return
    }
    this.#slots.shift() // who has been in line the longest
    const said = `no slot (maxInFlight) within ${timeout * LINE_PER_SLOT} ms`
    operation.reject(new TierUnavailableError('saturated', said))
  }

  /** Some wait in line, and all that was sent has timed out: no slot comes free before Redis answers. */
  #isAtStandstill(): boolean {
    const { waiting, used } = this.#slots
    return waiting > 0 && used >= this.#settings.maxInFlight && this.#deadlines.isEmpty
  }

  /** Into the line. */
  #push(operation: Operation<unknown>): void {
    this.#slots.push(operation)
    if (!this.#started) return
    this.#patience.add(operation)
    if (this.#isAtStandstill()) {
      this.#open(new TierUnavailableError('timeout', 'nothing that was sent is answered'))
    }
  }

  #send<T>(operation: Operation<T>): void {
    const slots = this.#slots
    operation.sent = true
    slots.begin(operation as Operation<unknown>)
    try {
      const reply = operation.work()
      if (isPromise(reply)) {
        reply.then(
          (value) => this.#replied(operation, slots, value),
          (error: unknown) => this.#rejected(operation, slots, error),
        )
      } else this.#replied(operation, slots, reply)
    } catch (error) {
      this.#rejected(operation, slots, error)
    }
    // Behind the sending: what `work` asks for is sent at the end of this turn, from which the deadline counts.
    if (!operation.ended) this.#deadlines.add(operation)
  }

  #replied<T>(operation: Operation<T>, slots: Slots, value: T): void {
    if (!operation.ended) {
      slots.answer(operation as Operation<unknown>)
      this.#breaker.succeed()
      this.#deadlines.remove(operation)
      operation.resolve(value)
    }
    this.#free(slots)
  }

  #rejected<T>(operation: Operation<T>, slots: Slots, error: unknown): void {
    if (!operation.ended) this.#fail(operation, error)
    this.#free(slots)
  }

  #fail<T>(operation: Operation<T>, error: unknown): void {
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

  /** A slot is free: of a connection that has been lost meanwhile it is nobody's. */
  #free(slots: Slots): void {
    slots.used -= 1
    if (slots.waiting > 0 && slots === this.#slots) this.#moveUp()
  }

  /** Sends who waits, as far as there are slots. What is answered on the spot frees one while this runs. */
  #moveUp(): void {
    if (this.#moving) return
    this.#moving = true
    while (this.#slots.used < this.#settings.maxInFlight) {
      const operation = this.#slots.shift()
      if (operation === undefined) break
      this.#patience.remove(operation)
      this.#send(operation)
    }
    this.#moving = false
  }

  #failed(cause: unknown): void {
    if (this.#started && this.#breaker.fail(this.#clock.now())) this.#open(cause)
  }

  #open(cause: unknown): void {
    this.#breaker.open()
    this.#cause = cause
    this.#probe.later()
    this.#dropLine()
    this.#tell()
  }

  /** The link has started, well or not; from now on its absence is an outage. */
  #start(): void {
    if (this.#started) return
    this.#started = true
    this.#linked = this.#link.status === 'ready'
    if (!this.#linked) this.#breaker.open()
    this.#tell()
    if (this.#closed || !this.#linked) this.#dropLine()
    else this.#admit()
  }

  /** Those who came before the link had started: their time begins now. */
  #admit(): void {
    const early = this.#slots
    this.#slots = new Slots()
    for (let next = early.shift(); next !== undefined; next = early.shift()) {
      this.#push(next)
    }
    this.#moveUp()
  }

  /** The link has changed. */
  #look(): void {
    if (this.#closed || !this.#started) return
    const linked = this.#link.status === 'ready'
    if (linked === this.#linked) return
    this.#linked = linked
    this.#probe.stop()
    if (linked) {
      this.#probe.ask()
      return
    }
    this.#breaker.open()
    this.#dropAll()
    this.#tell()
  }

  /** The replies of what was in flight will not come: nobody waits for them and their slots are free. */
  #dropAll(): void {
    this.#dropLine()
    this.#patience.drain()
    this.#slots = new Slots()
    const error = this.#refusal()
    for (const waiter of this.#deadlines.drain()) waiter.reject(error)
  }

  /** There is no use in waiting for a slot. */
  #dropLine(): void {
    if (this.#slots.waiting === 0) return
    const error = this.#refusal()
    for (let next = this.#slots.shift(); next !== undefined; next = this.#slots.shift()) {
      this.#patience.remove(next)
      next.reject(error)
    }
  }

  #shut(): void {
    this.#breaker.close()
    this.#cause = undefined
    this.#tell()
  }

  #tell(): void {
    const { state } = this
    if (state === this.#announced || this.#closed) return
    this.#announced = state
    this.#announce(state)
  }

  #refusal(): TierUnavailableError {
    if (this.#closed) return new TierUnavailableError('closed', 'closed')
    if (this.#started && this.#link.status !== 'ready') {
      return new TierUnavailableError('connection', this.#link.reason() ?? 'not connected')
    }
    if (this.#started && this.#breaker.state !== 'closed') {
      return new TierUnavailableError('open', 'not asked: it did not answer before', this.#cause)
    }
    const { maxInFlight } = this.#settings
    const most = maxInFlight * LINE_PER_SLOT
    return new TierUnavailableError(
      'saturated',
      `${most} operations are waiting already (${LINE_PER_SLOT} x maxInFlight)`,
    )
  }
}

function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function'
}
