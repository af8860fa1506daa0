/** What the process that asks is told to do. */
export interface Order {
  readonly port: number
  /** Asked in turn. */
  readonly paths: readonly string[]
  /** Each asks as soon as it is answered. */
  readonly connections: number
  /** Milliseconds of the same before anything is counted. */
  readonly warm: number
  /** Ends when either is over, milliseconds or requests; but not before `least` requests. */
  readonly ms: number
  readonly count: number
  readonly least: number
}

/** What it tells: that it begins to count, and what it has counted. */
export type Report = 'counting' | Counted | { readonly failed: string }

export interface Counted {
  /** Milliseconds from the first request to the last answer. */
  readonly ms: number
  /** Milliseconds of each answer, in ascending order. */
  readonly latencies: Float64Array
  /** Share of that time in which the process that asks was busy: near 1 it is the asking that is measured. */
  readonly busy: number
}
