import type { Conditions } from './conditions.js'

/** What was measured on what, in one line. */
export function machineLine({
  machine,
  versions,
  commit,
  isChanged,
  date,
  busy,
}: Conditions): string {
  return [
    machine,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `commit ${commit}${isChanged ? ' and changes' : ''}`,
    date,
    `other programs took ${busy.before} % of the processors before, ${busy.after} % after`,
  ].join(' | ')
}
