import type { Command, Flag } from './command.js'
import { flagsOf, isFile, quoted, wordsOf } from './completion-words.js'

export function zshCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name)
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`))
  return `#compdef strata strata-cache
_strata() {
  if (( CURRENT == 2 )); then
    local -a commands=(${described.join(' ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map((command) => branch(command, names)).join('\n')}
  esac
}
compdef _strata strata strata-cache
`
}

function branch(command: Command, names: readonly string[]): string {
  const words = wordsOf(command, names)
  const specs = [
    ...flagsOf(command).map(spec),
    ...(words.length === 0 ? [] : [quoted(`1:word:(${words.join(' ')})`)]),
  ]
  return `    ${command.name}) _arguments ${specs.join(' ')} ;;`
}

function spec(flag: Flag): string {
  const help = flag.help.replace(/[[\]:\\]/g, '\\$&')
  const value = flag.value === undefined ? '' : `:${flag.value}:${isFile(flag) ? '_files' : ''}`
  return quoted(`--${flag.name}[${help}]${value}`)
}
