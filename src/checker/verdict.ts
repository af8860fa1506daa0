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
  const { maxStaleness } = options
  const { stale, staleInOwnProcess, staleBeyond, foreign, rest } = judgement
  const ofTime: readonly Violation[] =
    maxStaleness === 0
      ? [violation('stale', stale, 'stale reads; none is allowed')]
      : [
          violation(
            'own-process',
            staleInOwnProcess,
            'stale reads in the process that had invalidated',
          ),
          violation(
            'beyond',
            staleBeyond,
            `stale reads more than ${maxStaleness} ms after the invalidation`,
          ),
        ]
  return [
    ...ofTime,
    violation('at-rest', rest.stale, 'reads of an old version when everything was at rest'),
    violation('foreign', foreign, 'reads of a value that no load made for this key'),
    ...uncheckedOf(judgement, options.restReads),
  ].filter(({ count }) => count > 0)
}

/** A check that saw nothing has not found the cache right. */
function uncheckedOf({ reads, writes, rest }: Judgement, restReads: number): Violation[] {
  const missing = Math.max(0, restReads - rest.reads)
  const one = (message: string, isMissing: boolean): Violation => ({
    rule: 'unchecked',
    count: isMissing ? 1 : 0,
    message,
  })
  return [
    one('no read gave a value: nothing was checked', reads === 0),
    one('no write was applied: nothing was checked', writes.applied === 0),
    violation('unchecked', missing, `reads at rest are missing (${rest.failed} failed)`),
  ]
}

function violation(rule: Rule, count: number, what: string): Violation {
  return { rule, count, message: `${count} ${what}` }
}
