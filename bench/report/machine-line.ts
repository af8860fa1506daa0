import type { Conditions } from './conditions.js'

/** What was measured on what, in one line. */
export function machineLine(conditions: Conditions): string {
  const { machine, programs, libraries, commit, isChanged, date, busy } = conditions
  const versions = Object.entries({ ...programs, ...libraries })
  return [
    machine,
    versions.map(([name, version]) => `${name} ${version}`).join(', '),
    `commit ${commit}${isChanged ? ' and changes' : ''}`,
    date,
    `other programs took ${busy.before} % of the processors before, ${busy.after} % after`,
  ].join(' | ')
}
