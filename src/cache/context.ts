import { parseDuration } from '../entry/duration.js'
import { parseTags } from '../entry/tag.js'
import { LoadResultError } from '../errors.js'
import type { LoadContext } from './options.js'
import type { Policy } from './policy.js'
import type { Limits } from './settings.js'

/** How a loader that called `fail` ends. Never seen by callers: they get `reason`. */
export class LoadFailed extends Error {
  readonly reason: unknown

  constructor(reason: unknown) {
    super('the loader called fail()')
    this.reason = reason
  }
}

/** How a loader that called `notModified` ends. */
export class NotModified extends Error {
  constructor() {
    super('the loader called notModified()')
  }
}

/** The stale value at hand when a load begins; `storedAt` in wall-clock milliseconds. */
export interface StaleAtHand {
  readonly value: unknown
  readonly storedAt: number
}

/** What a context needs of the flight it belongs to. */
export interface Journey {
  readonly key: string
  readonly signal: AbortSignal
  readonly tags: Set<string>
}

/** The context of one load: what the loader is told, and what it said. */
export class Context implements LoadContext {
  readonly #journey: Journey
  readonly #limits: Limits
  readonly #stale: (() => StaleAtHand) | undefined
  #ttl: number | undefined
  #grace: number | undefined
  #skipped = false
  #isHere = false

  constructor(journey: Journey, limits: Limits, stale: (() => StaleAtHand) | undefined) {
    this.#journey = journey
    this.#limits = limits
    this.#stale = stale
  }

  get key(): string {
    return this.#journey.key
  }

  get signal(): AbortSignal {
    return this.#journey.signal
  }

  get isHere(): boolean {
    return this.#isHere
  }

  get skipped(): boolean {
    return this.#skipped
  }

  stale<T>(): { readonly value: T; readonly storedAt: number } | undefined {
    return this.#stale?.() as { readonly value: T; readonly storedAt: number } | undefined
  }

  ttl(duration: unknown): void {
    this.#ttl = parseDuration(duration, 'ttl')
  }

  grace(duration: unknown): void {
    this.#grace = parseDuration(duration, 'grace')
  }

  tag(...tags: string[]): void {
    const all = parseTags([...this.#journey.tags, ...tags], this.#limits)
    for (const tag of all) this.#journey.tags.add(tag)
  }

  skip(): void {
    this.#skipped = true
  }

  /** Keeps what is loaded in this process only, under these tags too, which are outside of every limit. */
  keepHere(tags: readonly string[]): void {
    this.#isHere = true
    for (const tag of tags) this.#journey.tags.add(tag)
  }

  fail(reason: unknown): never {
    throw new LoadFailed(reason)
  }

  notModified(): never {
    if (this.#stale === undefined) {
      throw new LoadResultError(`notModified() for '${this.key}': there is no stale value to keep`)
    }
    throw new NotModified()
  }

  /** The policy with what the loader said about lifetimes. A ttl said here holds for `null` too. */
  lifetimeOver(policy: Policy): Policy {
    if (this.#ttl === undefined && this.#grace === undefined && !this.#isHere) return policy
    return {
      ...policy,
      tiers: this.#isHere ? 'memory' : policy.tiers,
      ttl: this.#ttl ?? policy.ttl,
      negativeTtl: this.#ttl ?? policy.negativeTtl,
      grace: this.#grace ?? policy.grace,
    }
  }
}
