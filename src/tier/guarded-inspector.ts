import type { Guard } from './guard.js'
import type { Comparison, Copy, Finding, Inspector } from './inspector.js'

/** An inspector whose every look ends within the guard's bound, rejecting with `TierUnavailableError`. */
export class GuardedInspector implements Inspector {
  readonly #guard: Guard
  readonly #inspector: Promise<Inspector>

  constructor(guard: Guard, inspector: Promise<Inspector>) {
    this.#guard = guard
    this.#inspector = inspector
    inspector.catch(() => {
      // each look rejects with it
    })
  }

  /** Asks nobody: it is known as soon as the client library is loaded. */
  async keyOf(key: string): Promise<string> {
    return (await this.#inspector).keyOf(key)
  }

  find(key: string): Promise<Finding> {
    return this.#guard.run(async () => (await this.#inspector).find(key))
  }

  compare(copies: readonly Copy[]): Promise<readonly Comparison[]> {
    return this.#guard.run(async () => (await this.#inspector).compare(copies))
  }
}
