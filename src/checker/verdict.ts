import type { Judgement } from './judgement.js'

/**
 * `'stale'` a stale read although none is allowed; `'own-process'` one in the process that had invalidated; `'beyond'` one later
 * than allowed; `'at-rest'` one when everything had come to rest; `'foreign'` a value of another key, or never written;
 * `'unchecked'` nothing, or not everything, could be judged.
 */
export type Rule = 'stale' | 'own-process' | 'beyond' | 'at-rest' | 'foreign' | 'unchecked'

export interface Violation {
  readonly rule: Rule
  /** Reads that broke it; for `'unchecked'` those that are missing. */
  readonly count: number
  readonly message: string
}

export interface VerdictOptions {
  /** Milliseconds; 0: a cache without memory of its own, where no read may be stale. */
  readonly maxStaleness: number
  /** Reads at rest that there must be: the keys times the processes. */
  readonly restReads: number
}

/** What the cache did that its contract forbids; empty when it kept to it. */
export function violationsOf(judgement: Judgement, options: VerdictOptions): Violation[] {
  const { maxStaleness, restReads } = options
  const { stale, staleInOwnProcess, staleBeyond, foreign, rest, writes, reads } = judgement
  const missing = restReads - rest.reads
  const strict: Row[] = [['stale', stale, 'stale reads; none is allowed']]
  const bounded: Row[] = [
    ['own-process', staleInOwnProcess, 'stale reads in the process that had invalidated'],
    ['beyond', staleBeyond, `stale reads more than ${maxStaleness} ms after the invalidation`],
  ]
  const rows: Row[] = [
    ...(maxStaleness === 0 ? strict : bounded),
    ['at-rest', rest.stale, 'keys still wrong in a process when everything was at rest'],
    ['foreign', foreign, 'reads of a value that no load made for this key'],
    ['unchecked', reads === 0 ? 1 : 0, 'no read gave a value: nothing was checked'],
    ['unchecked', writes.applied === 0 ? 1 : 0, 'no write was applied: nothing was checked'],
    ['unchecked', Math.max(0, missing), `reads at rest are missing (${rest.failed} failed)`],
  ]
  return rows
    .filter(([, count]) => count > 0)
    .map(([rule, count, text]) => ({
      rule,
      count,
      message: text.startsWith('no ') ? text : `${count} ${text}`,
    }))
}

type Row = readonly [rule: Rule, count: number, text: string]
