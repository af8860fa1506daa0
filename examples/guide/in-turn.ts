import type { Case } from './row.js'

type Report = (share: number) => void

/** Measures cases one after the other and reports the share of the whole. */
export async function inTurn(
  report: Report,
  measures: readonly ((report: Report) => Promise<Case>)[],
): Promise<[Case, ...Case[]]> {
  const cases: Case[] = []
  for (const [i, measure] of measures.entries())
    cases.push(await measure((share) => report((i + share) / measures.length)))
  const [first, ...rest] = cases
  if (!first) throw new Error('a row without a case')
  return [first, ...rest]
}
