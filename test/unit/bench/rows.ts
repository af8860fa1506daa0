import type { Case } from '../../../bench/case.js'
import type { Row } from '../../../bench/conduct.js'
import type { Conditions } from '../../../bench/report/conditions.js'

export const conditions: Conditions = {
  command: 'npm run bench -- some-case',
  date: '2026-01-02',
  commit: 'abc1234',
  isChanged: false,
  machine: 'A processor x 2, 4 GB, Linux 6.1',
  programs: { Node: '20.20.0' },
  libraries: { peer: '1.2.3' },
  rounds: 3,
  busy: { before: 2, after: 5 },
  seconds: 90,
}

/** A case with a contestant of this name for each row; it is not run. */
export function caseWith(columns: Case['columns'], bars: Case['bars'] = []): Case {
  const rounds = { full: 3, quick: 1, warmups: 0 }
  return {
    name: 'some-case',
    title: 'a title',
    about: 'About.',
    columns,
    contestants: [],
    bars,
    rounds,
  }
}

/** One sample for each value. */
export function rowOf(name: string, key: string, values: readonly (number | string)[]): Row {
  return { name, samples: values.map((value) => ({ [key]: value })) }
}
