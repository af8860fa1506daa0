/** Failures in a row from which on the service is left alone. */
const FAILURES = 5
/** Milliseconds; one request after that tells whether it is back. */
const LENGTH = 1_000

/** Spares callers the wait for a service that does not answer. */
export class Pause {
  #failures = 0
  #until = 0

  /** Whether to ask now. At the end of a pause only the first who asks may. */
  mayAsk(now: number): boolean {
    if (this.#failures < FAILURES) return true
    if (now < this.#until) return false
    this.#until = now + LENGTH
    return true
  }

  answered(): void {
    this.#failures = 0
  }

  failed(now: number): void {
    this.#failures += 1
    if (this.#failures >= FAILURES) this.#until = now + LENGTH
  }
}
