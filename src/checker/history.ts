/** How a writer told the cache. */
export type WriteKind = 'delete' | 'set' | 'tag'

/**
 * `'applied'`: acknowledged. `'queued'`: the cache will do it later. `'failed'`: it rejected. `'unknown'`: no answer, or the
 * process died before it.
 */
export type WriteResult = 'applied' | 'queued' | 'failed' | 'unknown'

/** One invalidation, after the database was written. Instants are milliseconds of the machine's monotonic clock. */
export interface Write {
  /** The process and its life, such as `2` or `2.1` for the one that took its place. */
  readonly process: string
  readonly kind: WriteKind
  /** Each key that was written, and the version it was given. */
  readonly versions: readonly (readonly [key: string, version: number])[]
  /** Right before the call of the driver, when the database had these versions. */
  readonly begun: number
  /** Right after it resolved; undefined with `'unknown'`. */
  readonly ended: number | undefined
  readonly result: WriteResult
}

/**
 * A version, or what there was instead: `'failed'` the read rejected or did not end, `'foreign'` a value that the loader did
 * not make for this key.
 */
export type ReadResult = number | 'failed' | 'foreign'

/** One get-or-load. Instants as in `Write`. */
export interface Read {
  readonly process: string
  readonly key: string
  /** Right before the call of the driver. */
  readonly begun: number
  readonly ended: number
  readonly result: ReadResult
  /** Where the value came from, if the driver tells. */
  readonly source?: string | undefined
  /** One of the reads after everything came to rest. */
  readonly atRest?: boolean
}

/** What happened, of all processes. Writes are held in memory, reads are gone through once. */
export interface History {
  readonly writes: Iterable<Write>
  readonly reads: Iterable<Read>
}
