/** How far the traffic is. */
export interface Progress {
  /** Milliseconds since it began. */
  readonly elapsed: number
  /** Repeats the run. */
  readonly seed: number
  readonly reads: number
  readonly writes: number
  /** Workers that died and were replaced. */
  readonly killed: number
}
