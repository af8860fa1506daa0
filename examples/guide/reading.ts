import { type Case, type Claim, factorOf, isMeasured, type Result } from './row.js'

/** A measurement is not sharper than this: nine tenths of what was claimed is what was claimed. */
const tolerance = 0.9

const meets = (claim: Claim, one: Case): boolean => factorOf(one) >= claim.factor * tolerance

/** What was measured, held against the claim, in words. */
export function readingOf(claim: Claim, result: Result): string {
  if (!isMeasured(result)) return `not measured: ${result.notMeasured}`
  const met = result.cases.filter((one) => meets(claim, one))
  const missed = result.cases.filter((one) => !meets(claim, one))
  if (missed.length === 0) return `holds: ${listOf(met)}`
  if (met.length === 0) return `does not hold: ${listOf(missed)}`
  return `holds only ${listOf(met)}; ${listOf(missed)}`
}

const listOf = (cases: readonly Case[]): string =>
  cases.map((one) => `${one.when} (${formatFactor(factorOf(one))})`).join(', ')

/** Two significant digits, as claims have: `8.5x`, `93x`, `1,200x`. */
export function formatFactor(factor: number): string {
  if (!Number.isFinite(factor)) return '-'
  return `${Number(factor.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 2 })}x`
}
