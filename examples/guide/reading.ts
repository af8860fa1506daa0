import { type Case, type Claim, factorOf, isMeasured, type Result } from './row.js'

/** A measurement is not sharper than this: nine tenths of the gain that was claimed (0.1 of 1.1x) is what was claimed. */
const tolerance = 0.9

export type Verdict = 'holds' | 'holds only' | 'does not hold' | 'not measured'

const meets = (claim: Claim, one: Case): boolean =>
  factorOf(one) - 1 >= (claim.factor - 1) * tolerance

export function verdictOf(claim: Claim, result: Result): Verdict {
  if (!isMeasured(result)) return 'not measured'
  if (result.cases.every((one) => meets(claim, one))) return 'holds'
  return result.cases.some((one) => meets(claim, one)) ? 'holds only' : 'does not hold'
}

/** What was measured, held against the claim, in words. */
export function readingOf(claim: Claim, result: Result): string {
  const verdict = verdictOf(claim, result)
  if (!isMeasured(result)) return `${verdict}: ${result.notMeasured}`
  if (verdict !== 'holds only') return `${verdict}: ${listOf(result.cases)}`
  const met = result.cases.filter((one) => meets(claim, one))
  const missed = result.cases.filter((one) => !meets(claim, one))
  return `${verdict} ${listOf(met)}; ${listOf(missed)}`
}

const listOf = (cases: readonly Case[]): string =>
  cases.map((one) => `${one.when} (${formatFactor(factorOf(one))})`).join(', ')

/** Two significant digits, as claims have: `8.5x`, `93x`, `1,200x`. */
export function formatFactor(factor: number): string {
  if (!Number.isFinite(factor)) return '-'
  return `${Number(factor.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 2 })}x`
}
