import type { Report } from './in-turn.js'
import type { Parts } from './parts.js'

/** One claim of the guide and the program that puts it to the test: a file of rows/, named like its row. */
export interface Row {
  readonly name: string
  /** What the guide recommends, in its words. */
  readonly system: string
  readonly claim: Claim
  /** What is run here, in a sentence. */
  readonly ran: string
  run(parts: Parts, report: Report): Promise<Result>
}

export interface Claim {
  /** As the guide writes it: `6-11x`. */
  readonly text: string
  /** The least of it: 6. */
  readonly factor: number
}

/** One way to do the work, and what it costs. */
export interface Step {
  readonly label: string
  /** Median milliseconds. */
  readonly ms: number
  /** What else was counted: queries, bytes, hits. */
  readonly detail?: string
}

/**
 * The same work in one set of circumstances: the first step is "before", the last one "after", those between are on the
 * way. The factor is the quotient of the two.
 */
export interface Case {
  /** Completes "holds only ...": `over a network of 1 ms`. */
  readonly when: string
  readonly steps: readonly [Step, ...Step[], Step]
}

/** Data only. What it means for the claim is computed from it (reading.ts), never written by a row. */
export interface Measured {
  /** The first is that which the guide has in mind. */
  readonly cases: readonly [Case, ...Case[]]
  /** What a reader should know of the numbers, sentences. */
  readonly notes?: readonly string[]
  /** Plans of the database. */
  readonly plans?: readonly { readonly title: string; readonly text: string }[]
}

/** Why there is no number: a part is missing here. */
export interface NotMeasured {
  readonly notMeasured: string
}

export type Result = Measured | NotMeasured

export const isMeasured = (result: Result): result is Measured => 'cases' in result

export const factorOf = ({ steps }: Case): number => steps[0].ms / (steps.at(-1) ?? steps[1]).ms
