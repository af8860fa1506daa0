/**
 * The one running load of a key in this process. Callers ride along; a rider with a signal may get off. When the last one
 * has, the load is abandoned: its signal aborts and whatever it still brings is not for storing.
 */
export class Flight<L> {
  readonly key: string
  /** The moment on the namespace's marks when it began: what was marked since revokes it. */
  readonly since: number
  /** Its place in the order of calls and flights: a call with a lower number was there before it. */
  readonly began: number
  /** Monotonic milliseconds. */
  readonly startedAt: number
  /** Those known at the start and those the loader named. */
  readonly tags: Set<string>
  #landing: Promise<L> | undefined
  #riders = 0
  /** Wanted although nobody may be waiting: the last rider's leaving does not abandon it. */
  #behind = false
  #ended: { readonly reason: unknown } | undefined
  /** Called once when it is abandoned. */
  onAbandon: (() => void) | undefined
  #controller: AbortController | undefined

  constructor(start: FlightStart) {
    this.key = start.key
    this.since = start.since
    this.began = start.began
    this.startedAt = start.startedAt
    this.tags = new Set(start.tags)
  }

  get riders(): number {
    return this.#riders
  }

  /** True after `abandon`: the result comes too late to be stored. */
  get isAbandoned(): boolean {
    return this.#ended !== undefined
  }

  /** Why it was abandoned. */
  get reason(): unknown {
    return this.#ended?.reason
  }

  /** Made on first use: most loaders never look at it. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#ended !== undefined) this.#controller.abort(this.#ended.reason)
    }
    return this.#controller.signal
  }

  /** For whoever waits for the end and does not ride: the landing, undefined where it failed. */
  async landed(): Promise<L | undefined> {
    return await this.#landing?.catch(() => undefined)
  }

  /** Called once, before anybody rides. */
  launch(landing: Promise<L>): void {
    this.#landing = landing
    // Every rider sees the rejection for itself; with no rider left there is nobody to tell.
    landing.catch(() => undefined)
  }

  /** The landing, or a rejection with `signal.reason` as soon as the rider's own signal aborts. */
  ride(signal?: AbortSignal): Promise<L> {
    const landing = this.#landing
    if (landing === undefined) throw new Error('a flight is boarded before its launch')
    this.#riders++
    if (signal === undefined) return landing
    return new Promise<L>((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason)
        if (--this.#riders === 0 && !this.#behind) this.abandon(signal.reason)
      }
      if (signal.aborted) return leave()
      signal.addEventListener('abort', leave, { once: true })
      const done = (): void => signal.removeEventListener('abort', leave)
      landing.then(resolve, reject).finally(done)
    })
  }

  /** Runs on behind the callers' backs; the landing for whoever cares. */
  rideBehind(): Promise<L> {
    const landing = this.ride()
    this.stayBehind()
    return landing
  }

  /** For a rider that waits no longer but wants the load to be finished; one with a signal leaves when that aborts. */
  stayBehind(signal?: AbortSignal): void {
    if (signal === undefined) this.#riders--
    this.#behind = true
  }

  abandon(reason: unknown): void {
    if (this.#ended !== undefined) return
    this.#ended = { reason }
    this.#controller?.abort(reason)
    this.onAbandon?.()
  }
}

export interface FlightStart {
  readonly key: string
  readonly since: number
  readonly began: number
  readonly startedAt: number
  readonly tags: readonly string[]
}

/** The running loads of a namespace, at most one joinable per key. */
export class Flights<L> {
  readonly #flights = new Map<string, Flight<L>>()
  /** Those that can no longer be joined included. */
  readonly #airborne = new Set<Flight<L>>()

  get size(): number {
    return this.#flights.size
  }

  get(key: string): Flight<L> | undefined {
    const flight = this.#flights.get(key)
    return flight?.isAbandoned === true ? undefined : flight
  }

  /** Starts a flight; one that is still under way for the key can no longer be joined. */
  start(start: FlightStart, run: (flight: Flight<L>) => Promise<L>): Flight<L> {
    const flight = new Flight<L>(start)
    this.#flights.set(start.key, flight)
    this.#airborne.add(flight)
    const land = (): void => {
      this.#airborne.delete(flight)
      if (this.#flights.get(start.key) === flight) this.#flights.delete(start.key)
    }
    flight.launch(run(flight).finally(land))
    return flight
  }

  /** Gives up the loads that run behind the callers' backs; those that somebody waits for go on. */
  abandonUnattended(reason: unknown): void {
    for (const flight of this.#airborne) if (flight.riders === 0) flight.abandon(reason)
  }
}
