import { findProgram } from './program-path.js'

const setpriv = findProgram('setpriv')

/**
 * The command, for `spawn`, of a program that gets this signal when this process ends, however it ends: a process of a team is
 * killed, and runs no handler. Only Linux has that; elsewhere the program is started as it is.
 */
export function tied(
  program: string,
  words: readonly string[],
  signal: 'TERM' | 'KILL' = 'TERM',
): [string, string[]] {
  if (setpriv === undefined) return [program, [...words]]
  return [setpriv, ['--pdeathsig', signal, program, ...words]]
}
