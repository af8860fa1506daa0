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

/** A write that is under way. One of them is to be called once, when it is known what became of it. */
export interface Entering {
  /** It was stored, in the place of what was there. */
  keep(): void
  /** It was not: what was there is there still. */
  drop(): void
}

/**
 * What this process has written into a namespace with a quota and is still alive: until it has ended, or was deleted. What
 * other processes write is not in it, nor what memory or Redis have thrown out to make room.
 */
export class Ledger {
  readonly #accounts = new Map<string, Account>()
  /** Of writes that are under way. */
  readonly #entering = new Map<string, Set<Account>>()
  /** Keys by the span in which they end. */
  readonly #ends = new Map<number, Set<string>>()
  /** Up to here everything that has ended has left. */
  #settled = 0
  #bytes = 0
  /** Keys that only writes under way are for. */
  #newcomers = 0

  get bytes(): number {
    return this.#bytes
  }

  get entries(): number {
    return this.#accounts.size + this.#newcomers
  }

  /**
   * Takes a write into account that is about to be done. Until it is known how it ended, the key counts as the largest of what
   * is there and what may be. Undefined: it would be more than the quota allows.
   */
  enter(key: string, account: Account, quota: Quota, now: number): Entering | undefined {
    this.#settle(now)
    const before = this.#bytesOf(key)
    const bytes = this.#bytes - before + Math.max(before, account.bytes)
    const entries = this.entries + (this.#isKnown(key) ? 0 : 1)
    if (bytes > (quota.bytes ?? Infinity) || entries > Math.min(quota.entries ?? MOST, MOST)) {
      return undefined
    }
    this.#change(key, () => {
      const entering = this.#entering.get(key)
      if (entering === undefined) this.#entering.set(key, new Set([account]))
      else entering.add(account)
    })
    return {
      keep: () => this.#leave(key, account, () => this.#write(key, account)),
      drop: () => this.#leave(key, account),
    }
  }

  delete(key: string): void {
    if (this.#accounts.has(key)) this.#change(key, () => this.#remove(key))
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
    this.#newcomers = this.#entering.size
    this.#bytes = 0
    for (const key of this.#entering.keys()) this.#bytes += this.#bytesOf(key)
  }

  #leave(key: string, account: Account, change?: () => void): void {
    this.#change(key, () => {
      const entering = this.#entering.get(key)
      entering?.delete(account)
      if (entering?.size === 0) this.#entering.delete(key)
      change?.()
    })
  }

  /** What changes the accounts of a key changes the sums by as much. */
  #change(key: string, change: () => void): void {
    const bytes = this.#bytesOf(key)
    const isNew = this.#isNewcomer(key)
    change()
    this.#bytes += this.#bytesOf(key) - bytes
    this.#newcomers += Number(this.#isNewcomer(key)) - Number(isNew)
  }

  #isKnown(key: string): boolean {
    return this.#accounts.has(key) || this.#entering.has(key)
  }

  #isNewcomer(key: string): boolean {
    return this.#entering.has(key) && !this.#accounts.has(key)
  }

  #bytesOf(key: string): number {
    let most = this.#accounts.get(key)?.bytes ?? 0
    for (const { bytes } of this.#entering.get(key) ?? []) most = Math.max(most, bytes)
    return most
  }

  #write(key: string, account: Account): void {
    this.#remove(key)
    this.#accounts.set(key, account)
    const span = spanOf(account.endsAt)
    const ends = this.#ends.get(span)
    if (ends === undefined) this.#ends.set(span, new Set([key]))
    else ends.add(key)
  }

  #remove(key: string): void {
    const account = this.#accounts.get(key)
    if (account === undefined) return
    this.#accounts.delete(key)
    const span = spanOf(account.endsAt)
    const ends = this.#ends.get(span)
    ends?.delete(key)
    if (ends?.size === 0) this.#ends.delete(span)
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
