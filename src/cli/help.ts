import type { Command } from './command.js'
import { COMMAND_NAMES, commandOf } from './commands.js'
import { helpOf, overviewOf } from './help-text.js'

export const help: Command = {
  name: 'help',
  summary: 'Show what there is, or tell of one command',
  usage: '[COMMAND]',
  arguments: { min: 0, max: 1 },
  flags: [],
  async run({ positionals: [name] }, { stdout }) {
    const text =
      name === undefined
        ? overviewOf(await Promise.all(COMMAND_NAMES.map(commandOf)))
        : helpOf(await commandOf(name))
    stdout.write(text)
    return 0
  },
}
