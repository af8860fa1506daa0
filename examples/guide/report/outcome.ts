import type { Result, Row } from '../row.js'

/** A row and what came of it. */
export interface Outcome {
  readonly row: Row
  readonly result: Result
}
