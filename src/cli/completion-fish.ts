import type { Command, Flag } from './command.js'
import { flagsOf, isFile, wordsOf } from './completion-words.js'

export function fishCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name)
  const lines = [
    '# fish completion of strata',
    'complete -c strata -f',
    ...commands.map(
      ({ name, summary }) =>
        `complete -c strata -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`,
    ),
    ...commands.flatMap((command) => linesOf(command, names)),
  ]
  return `${lines.join('\n')}\n`
}

function linesOf(command: Command, names: readonly string[]): readonly string[] {
  const start = `complete -c strata -n '__fish_seen_subcommand_from ${command.name}'`
  const words = wordsOf(command, names)
  return [
    ...flagsOf(command).map((flag) => `${start} ${flagOf(flag)}`),
    ...(words.length === 0 ? [] : [`${start} -a '${words.join(' ')}'`]),
  ]
}

function flagOf(flag: Flag): string {
  const short = flag.short === undefined ? '' : ` -s ${flag.short}`
  const value = flag.value === undefined ? '' : isFile(flag) ? ' -r -F' : ' -x'
  return `-l ${flag.name}${short}${value} -d ${fishQuoted(flag.help)}`
}

/** Between single quotes fish knows two escapes, unlike other shells. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
