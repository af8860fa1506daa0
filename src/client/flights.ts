/** Loads that run now, one for each key; its callers share it. */
export class Flights {
  readonly #flights = new Map<string, Flight>()

  /** The running load of the key, or a new one. When the last of its callers has left, its signal aborts. */
  ride(
    key: string,
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<unknown> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#start(key, run)
    return flight.ride(signal)
  }

  #start(key: string, run: (signal: AbortSignal) => Promise<unknown>): Flight {
    const flight = new Flight(run, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    })
    this.#flights.set(key, flight)
    return flight
  }
}

class Flight {
  readonly #controller = new AbortController()
  readonly #end: () => void
  readonly #result: Promise<unknown>
  #riders = 0

  constructor(run: (signal: AbortSignal) => Promise<unknown>, end: () => void) {
    this.#end = end
    this.#result = run(this.#controller.signal).finally(end)
    // each caller hears of it; when all have left nobody does, and need not
    this.#result.catch(() => {})
  }

  ride(signal: AbortSignal | undefined): Promise<unknown> {
    this.#riders += 1
    if (signal === undefined) return this.#result
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason as Error)
        this.#riders -= 1
        if (this.#riders > 0) return
        // nobody new may board a flight that is coming down
        this.#end()
        this.#controller.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }
}
