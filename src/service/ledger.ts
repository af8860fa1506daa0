import type { Quota } from './data-settings.js'

/** Entries of a namespace that a ledger can hold, whatever its quota says. */
const MOST = 1_000_000

/** Milliseconds: entries that end within the same span leave together. */
const SPAN = 1_000

export interface Account {
  /** Of key and value, as they came. */
  readonly bytes: number
  /** Milliseconds of the clock that the ledger is asked with. */
  readonly endsAt: number
  readonly tags: readonly string[]
}

/**
 * What this process has written into a namespace with a quota and is still alive: until it has ended, or was deleted. What
 * other processes write is not in it, nor what memory or Redis have thrown out to make room.
 */
export class Ledger {
  readonly #accounts = new Map<string, Account>()
  /** Keys by the span in which they end. */
  readonly #ends = new Map<number, Set<string>>()
  /** Up to here everything that has ended has left. */
  #settled = 0
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#accounts.size
  }

  /**
   * Takes the key into account, in the place of what was there for it. Returns how to take that back; undefined: it would be
   * more than the quota allows.
   */
  enter(key: string, account: Account, quota: Quota, now: number): (() => void) | undefined {
    this.#settle(now)
    const before = this.#accounts.get(key)
    const bytes = this.#bytes - (before?.bytes ?? 0) + account.bytes
    const entries = this.#accounts.size + (before === undefined ? 1 : 0)
    if (bytes > (quota.bytes ?? Infinity) || entries > Math.min(quota.entries ?? MOST, MOST)) {
      return undefined
    }
    this.#write(key, account)
    return () => {
      if (this.#accounts.get(key) !== account) return
      if (before === undefined) this.delete(key)
      else this.#write(key, before)
    }
  }

  delete(key: string): void {
    const account = this.#accounts.get(key)
    if (account === undefined) return
    this.#accounts.delete(key)
    this.#bytes -= account.bytes
    const span = spanOf(account.endsAt)
    const ends = this.#ends.get(span)
    ends?.delete(key)
    if (ends?.size === 0) this.#ends.delete(span)
  }

  deleteTagged(tags: readonly string[]): void {
    const concerned = new Set(tags)
    for (const [key, account] of this.#accounts) {
      if (account.tags.some((tag) => concerned.has(tag))) this.delete(key)
    }
  }

  clear(): void {
    this.#accounts.clear()
    this.#ends.clear()
    this.#bytes = 0
  }

  #write(key: string, account: Account): void {
    this.delete(key)
    this.#accounts.set(key, account)
    this.#bytes += account.bytes
    const span = spanOf(account.endsAt)
    const ends = this.#ends.get(span)
    if (ends === undefined) this.#ends.set(span, new Set([key]))
    else ends.add(key)
  }

  #settle(now: number): void {
    const upTo = Math.floor(now / SPAN)
    // after a long rest there may be more spans than there are entries
    if (upTo - this.#settled > this.#ends.size) {
      for (const span of this.#ends.keys()) if (span <= upTo) this.#end(span)
    } else {
      for (let span = this.#settled; span <= upTo; span++) this.#end(span)
    }
    this.#settled = upTo
  }

  #end(span: number): void {
    for (const key of this.#ends.get(span) ?? []) this.delete(key)
  }
}

/** The one at whose end it has ended. */
function spanOf(endsAt: number): number {
  return Math.ceil(endsAt / SPAN)
}
