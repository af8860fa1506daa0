/** A list or a hash is there only to be of the wrong type. */
export type Value = Buffer | Buffer[] | Map<string, Buffer>

export interface Kept {
  readonly value: Value
  /** Milliseconds since 1970; undefined: for good. */
  readonly expiresAt: number | undefined
}

/** A copy to go back to. */
export type Snapshot = ReadonlyMap<string, Kept>

/** Keys (latin1, a character a byte) with their values and expiry. A key that has expired is gone, whoever looks. */
export class Keyspace {
  readonly #now: () => number
  #kept = new Map<string, Kept>()
  readonly #touched: (name: string) => void

  /** `touched` hears of every key that changes. */
  constructor(now: () => number, touched: (name: string) => void = () => {}) {
    this.#now = now
    this.#touched = touched
  }

  get(key: Buffer): Kept | undefined {
    const name = key.toString('latin1')
    const kept = this.#kept.get(name)
    // Redis: expired when the clock is past the instant
    if (kept?.expiresAt === undefined || this.#now() <= kept.expiresAt) return kept
    this.#kept.delete(name)
    this.#touched(name)
    return undefined
  }

  /** Values are replaced, never changed in place: a reply may still hold them. */
  put(key: Buffer, value: Value, expiresAt: number | undefined): void {
    const name = key.toString('latin1')
    this.#kept.set(name, { value, expiresAt })
    this.#touched(name)
  }

  delete(key: Buffer): boolean {
    if (this.get(key) === undefined) return false
    const name = key.toString('latin1')
    this.#touched(name)
    return this.#kept.delete(name)
  }

  clear(): void {
    this.#kept.clear()
  }

  keys(): string[] {
    return [...this.#kept.keys()].filter((name) => this.get(Buffer.from(name, 'latin1')))
  }

  snapshot(): Snapshot {
    return new Map(this.#kept)
  }

  restore(snapshot: Snapshot): void {
    this.#kept = new Map(snapshot)
  }
}
