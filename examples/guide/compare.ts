import { contend, type Contender, type Contest } from './contend.js'
import type { Case, Step } from './row.js'

/** A contender, and what else is told of it. */
export interface Way extends Contender {
  /** Asked once all rounds are over. */
  readonly detail?: () => string
}

export type Ways = readonly [Way, ...Way[], Way]

/** Lets ways to do the same work contend: the first is "before", the last "after". */
export async function compare(when: string, ways: Ways, contest: Contest): Promise<Case> {
  const times = await contend(ways, contest)
  const stepOf = ({ label, detail }: Way, i: number): Step => ({
    label,
    ms: times[i] ?? Number.NaN,
    ...(detail && { detail: detail() }),
  })
  return { when, steps: ways.map(stepOf) as unknown as Case['steps'] }
}
