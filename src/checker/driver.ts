/** What the loader makes, and what the cache under test keeps: plain data that survives JSON. */
export interface Row {
  readonly key: string
  /** How often this key was written in the database when the row was read. */
  readonly version: number
}

/** A row of which the driver tells where it came from, in its own words; shown in the report. */
export interface SourcedRow {
  readonly value: Row
  readonly source: string
}

/**
 * The cache under test, one in each process. Entries must outlive the run (a ttl of minutes): one that expires hides a stale
 * value. A call that rejects counts as failed; it is not judged.
 */
export interface Driver {
  /**
   * Reads through the cache, with `load` on a miss. Resolves with what the cache gave, or with a `SourcedRow`. An entry made
   * by it bears these tags (none while `invalidateTag` is left out).
   */
  get(key: string, load: () => Promise<Row>, tags: readonly string[]): Promise<unknown>
  /**
   * Stores a row that was just written to the database, with these tags. One that is queued must not store later what is older
   * by then. Left out: not exercised.
   */
  set?(key: string, row: Row, tags: readonly string[]): Promise<unknown>
  /**
   * Invalidates one key. This and the other two that write acknowledge by resolving: from then on no process may read what was
   * there before. Resolving with `'queued'` means that it will be done later; then nothing is acknowledged.
   */
  delete(key: string): Promise<unknown>
  /** Invalidates every entry of the tag. Left out: not exercised. */
  invalidateTag?(tag: string): Promise<unknown>
  /** Called once, at the end. How it ends is not judged. */
  close(): Promise<unknown>
}

/** What a driver is told about its process. */
export interface DriverContext {
  /** Number of the process, from 0; one that takes the place of a dead one has the same. */
  readonly process: number
  /** The `driverOptions` of the check. */
  readonly options: Readonly<Record<string, unknown>>
}

/** What the driver's module exports as `createDriver`. */
export type DriverFactory = (context: DriverContext) => Driver | Promise<Driver>
