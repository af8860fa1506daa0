import type { Conditions } from './conditions.js'

/** What was measured on what, in one line; of several results what they have in common and what not, one after the other. */
export function machineLine(all: readonly Conditions[]): string {
  const busy = all.flatMap(({ busy: { before, after } }) => [before, after])
  return [
    listed(all.map(({ machine }) => machine)),
    listed(all.flatMap(({ programs }) => named(programs))),
    listed(all.flatMap(({ date }) => date)),
    `commit ${listed(all.map(({ commit, isChanged }) => `${commit}${isChanged ? ' with changes' : ''}`))}`,
    `other programs took at most ${Math.max(...busy)} % of the processors`,
  ].join('; ')
}

/** The same of one result, with the libraries that take part. */
export function fullMachineLine(conditions: Conditions): string {
  const libraries = named(conditions.libraries)
  return [machineLine([conditions]), ...(libraries.length > 0 ? [listed(libraries)] : [])].join(
    '; ',
  )
}

function named(versions: Readonly<Record<string, string>>): string[] {
  return Object.entries(versions).map(([name, version]) => `${name} ${version}`)
}

/** Each once. */
function listed(words: readonly string[]): string {
  return [...new Set(words)].join(', ')
}
