/** What the doctor found out about one thing. */
export interface Finding {
  readonly what: string
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly says: string
  /** What to do; absent where all is well. */
  readonly advice?: string
}

export function ok(what: string, says: string): Finding {
  return { what, verdict: 'ok', says }
}

export function warn(what: string, says: string, advice: string): Finding {
  return { what, verdict: 'warn', says, advice }
}

export function fail(what: string, says: string, advice: string): Finding {
  return { what, verdict: 'fail', says, advice }
}
