import type { Command } from './command.js'
import { flagsOf, isFile, wordsOf } from './completion-words.js'

/** A function that bash calls with the words so far. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name)
  return `# bash completion of strata
_strata() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names.join(' ')} --help --version" -- "$word"))
    return
  fi
  local words='' files='' values=''
  case "\${COMP_WORDS[1]}" in
${commands.map((command) => branch(command, names)).join('\n')}
  esac
  case " $files " in *" $before "*) COMPREPLY=($(compgen -f -- "$word")); return ;; esac
  case " $values " in *" $before "*) return ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o filenames -F _strata strata strata-cache
`
}

function branch(command: Command, names: readonly string[]): string {
  const flags = flagsOf(command)
  const words = [...flags.map(({ name }) => `--${name}`), ...wordsOf(command, names)]
  const withFile = flags.filter(isFile).map(({ name }) => `--${name}`)
  const withValue = flags
    .filter((flag) => flag.value !== undefined && !isFile(flag))
    .flatMap(({ name, short }) => (short === undefined ? `--${name}` : [`--${name}`, `-${short}`]))
  return `    ${command.name}) words='${words.join(' ')}' files='${withFile.join(' ')}' values='${withValue.join(' ')}' ;;`
}
