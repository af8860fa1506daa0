/** One line of shipped code, changed: something the simulation has to notice. */
export interface Mutant {
  readonly name: string
  /** Below `src`. */
  readonly file: string
  /** Occurs exactly once. */
  readonly find: string
  readonly replace: string
  /** Options of the schedules that are to catch it (JSON), over those of `hunt.ts`. */
  readonly options?: object
}
