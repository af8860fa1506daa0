import { bashCompletion } from './completion-bash.js'
import { fishCompletion } from './completion-fish.js'
import { zshCompletion } from './completion-zsh.js'
import type { Command } from './command.js'
import { COMMAND_NAMES, commandOf } from './commands.js'
import { Failure } from './failure.js'

const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

export const completion: Command = {
  name: 'completion',
  summary: 'Print a script with which a shell completes commands and flags',
  usage: Object.keys(SHELLS).join('|'),
  arguments: { min: 1, max: 1 },
  flags: [],
  details: `
  source <(strata completion bash)                                       in ~/.bashrc
  source <(strata completion zsh)                                        in ~/.zshrc, below compinit
  strata completion fish > ~/.config/fish/completions/strata.fish`,
  async run({ positionals: [shell = ''] }, { stdout }) {
    const scriptOf = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
    if (scriptOf === undefined) {
      throw new Failure(2, `no completion for '${shell}'; there is: bash, zsh, fish`, 'completion')
    }
    stdout.write(scriptOf(await Promise.all(COMMAND_NAMES.map(commandOf))))
    return 0
  },
}
