/** A step of a decision, as people read it. */
export interface Step {
  /** One or two words: `memory`. */
  readonly step: string
  /** What was found or decided there. */
  readonly says: string
  /** Particulars, each a line. */
  readonly detail?: readonly string[]
}
