import { setTimeout as sleep } from 'node:timers/promises'

export interface DatabaseOptions {
  /** Milliseconds of a query. */
  readonly latency?: number
  /** Queries at once; one more fails, as a pool without a queue would. */
  readonly maxConnections?: number
}

/** Rows with a version each, read slowly: what loaders stand before. */
export class Database {
  queries = 0
  refused = 0
  /** Most queries that ran at one moment. */
  peak = 0
  /** May be changed at any time. */
  maxConnections: number
  readonly #latency: number
  readonly #versions = new Map<string, number>()
  #running = 0

  constructor(options: DatabaseOptions = {}) {
    this.#latency = options.latency ?? 0
    this.maxConnections = options.maxConnections ?? Number.POSITIVE_INFINITY
  }

  /** The version a row has at this moment; 0 if it was never written. */
  versionOf(key: string): number {
    return this.#versions.get(key) ?? 0
  }

  /** Raises the version of a row; returns the new one. */
  write(key: string): number {
    const version = this.versionOf(key) + 1
    this.#versions.set(key, version)
    return version
  }

  /** The row as it was when the query began, after the latency (or `ms`). */
  async read(key: string, ms: number = this.#latency): Promise<{ key: string; version: number }> {
    return await this.#query(ms, () => ({ key, version: this.versionOf(key) }))
  }

  async readMany(keys: readonly string[]): Promise<{ key: string; version: number }[]> {
    return await this.#query(this.#latency, () =>
      keys.map((key) => ({ key, version: this.versionOf(key) })),
    )
  }

  /** Begins to count the peak anew. */
  resetPeak(): void {
    this.peak = this.#running
  }

  async #query<T>(ms: number, take: () => T): Promise<T> {
    this.queries++
    if (this.#running >= this.maxConnections) {
      this.refused++
      throw new Error('too many connections')
    }
    this.#running++
    this.peak = Math.max(this.peak, this.#running)
    try {
      const taken = take()
      if (ms > 0) await sleep(ms)
      return taken
    } finally {
      this.#running--
    }
  }
}
