import type { Command } from './command.js'
import { EXPIRE_COMMANDS } from './expire-commands.js'
import { KEY_COMMANDS } from './key-commands.js'
import { SERVER_COMMANDS } from './server-commands.js'
import { STRING_COMMANDS } from './string-commands.js'

/** By name, in lower case: what may also be called by a script. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ...STRING_COMMANDS,
  ...KEY_COMMANDS,
  ...EXPIRE_COMMANDS,
  ...SERVER_COMMANDS,
}
