import type { Cancel, Clock } from '../clock.js'

/** One who waits for the end of somebody else's load. Registered before asking, so that no wake-up slips between. */
export interface Waiting {
  /** Resolves when woken (maybe already) or after `ms`. */
  until(ms: number): Promise<void>
  /** Waits no longer. Idempotent. */
  end(): void
}

/**
 * Those who wait for a key until the process that loads it is done. A wake-up only says "look": it may come for nothing,
 * and whoever may have missed one looks all the same.
 */
export class Wakes {
  readonly #clock: Clock
  readonly #sleepers = new Map<string, Set<Sleeper>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#sleepers.size
  }

  /** Those who wait for this key. */
  waiting(namespace: string, key: string): number {
    return this.#sleepers.get(nameOf(namespace, key))?.size ?? 0
  }

  register(namespace: string, key: string): Waiting {
    const name = nameOf(namespace, key)
    const sleepers = this.#sleepers.get(name) ?? new Set()
    const sleeper = new Sleeper(this.#clock, () => {
      sleepers.delete(sleeper)
      if (sleepers.size === 0 && this.#sleepers.get(name) === sleepers) this.#sleepers.delete(name)
    })
    sleepers.add(sleeper)
    this.#sleepers.set(name, sleepers)
    return sleeper
  }

  wake(namespace: string, key: string): void {
    for (const sleeper of this.#sleepers.get(nameOf(namespace, key)) ?? []) sleeper.wake()
  }

  /** Messages may have been missed. */
  wakeAll(): void {
    for (const sleepers of this.#sleepers.values()) {
      for (const sleeper of sleepers) sleeper.wake()
    }
  }
}

class Sleeper implements Waiting {
  readonly #clock: Clock
  readonly #leave: () => void
  #woken = false
  #rise: (() => void) | undefined
  #cancel: Cancel | undefined

  constructor(clock: Clock, leave: () => void) {
    this.#clock = clock
    this.#leave = leave
  }

  until(ms: number): Promise<void> {
    if (this.#woken || ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#rise = resolve
      this.#cancel = this.#clock.after(ms, () => this.wake())
    })
  }

  wake(): void {
    this.#woken = true
    this.#cancel?.()
    this.#rise?.()
  }

  end(): void {
    this.wake()
    this.#leave()
  }
}

/** A namespace holds no line feed. */
function nameOf(namespace: string, key: string): string {
  return `${namespace}\n${key}`
}
