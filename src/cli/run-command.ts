import { InvalidOptionError } from '../errors.js'
import { packageVersion } from '../service/package-version.js'
import { parseArguments } from './parse-arguments.js'
import type { ExitCode, Io } from './command.js'
import { commandOf } from './commands.js'
import { Failure } from './failure.js'
import { helpOf } from './help-text.js'

/** The program: a command by its name, and the code it ends with. Never rejects. */
export async function runCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await run(argv, io)
  } catch (error) {
    return explain(error, io)
  }
}

async function run([first, ...rest]: readonly string[], io: Io): Promise<ExitCode> {
  if (first === '--version' || first === '-v') {
    io.stdout.write(`${packageVersion()}\n`)
    return 0
  }
  const isHelp = first === undefined || first === '--help' || first === '-h'
  const command = await commandOf(isHelp ? 'help' : first)
  const args = parseArguments(command, rest)
  if (args.flag('help') === true) {
    io.stdout.write(helpOf(command))
    return 0
  }
  const code = await command.run(args, io)
  // without a command there is nothing that was done
  return first === undefined ? 2 : code
}

function explain(error: unknown, { stderr }: Io): ExitCode {
  if (error instanceof Failure) {
    stderr.write(`strata: ${error.message}\n`)
    if (error.see !== undefined) stderr.write(`See ${seeOf(error.see)}.\n`)
    return error.code
  }
  if (error instanceof InvalidOptionError) {
    stderr.write(`strata: ${error.message}\n`)
    return 2
  }
  stderr.write(
    `strata: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 1
}

function seeOf(name: string): string {
  return name === 'help' ? 'strata help' : `strata ${name} --help`
}
