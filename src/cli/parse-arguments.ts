import { parseArgs } from 'node:util'
import { Arguments, type Said } from './arguments.js'
import type { Command, Flag } from './command.js'
import { Failure } from './failure.js'
import { didYouMean } from '../entry/did-you-mean.js'

/** Those of every command. */
export const COMMON: readonly Flag[] = [{ name: 'help', short: 'h', help: 'show this text' }]

/** Throws `Failure` 2 for what the command does not know. */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const flags = [...command.flags, ...COMMON]
  const refuse = (message: string): never => {
    throw new Failure(2, message, command.name)
  }
  const said = new Map<string, Said[]>()
  const positionals: string[] = []
  for (const token of tokensOf(flags, argv)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const [flag, value] = saidBy(token, flags, refuse)
    said.set(flag.name, [...(said.get(flag.name) ?? []), value])
  }
  const args = new Arguments(said, positionals)
  if (args.flag('help') !== true) checkCount(command, positionals, refuse)
  return args
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function tokensOf(flags: readonly Flag[], argv: readonly string[]) {
  const options = Object.fromEntries(
    flags.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short && { short }) } as const,
    ]),
  )
  // strict would word the errors itself, without saying what was meant
  return parseArgs({ args: [...argv], options, strict: false, tokens: true }).tokens
}

function saidBy(
  token: OptionToken,
  flags: readonly Flag[],
  refuse: (message: string) => never,
): readonly [Flag, Said] {
  const { name, rawName, value, inlineValue } = token
  const flag = flags.find((one) => one.name === name)
  if (flag === undefined) {
    const denied = flags.find((one) => one.value === undefined && `no-${one.name}` === name)
    if (denied !== undefined && value === undefined) return [denied, false]
    const names = flags.map((one) => `--${one.name}`)
    return refuse(`unknown flag ${rawName}${didYouMean(rawName, names)}`)
  }
  if (flag.value === undefined) {
    return value === undefined ? [flag, true] : refuse(`${rawName} takes no value`)
  }
  if (value === undefined) return refuse(`${rawName} needs a value: ${rawName} ${flag.value}`)
  if (inlineValue !== true && /^-./.test(value)) {
    // a flag whose value was forgotten would take the next one for it
    return refuse(`${rawName} needs a value; one that begins with - is written ${rawName}=${value}`)
  }
  return [flag, value]
}

function checkCount(
  command: Command,
  positionals: readonly string[],
  refuse: (message: string) => never,
): void {
  const { min, max } = command.arguments ?? { min: 0, max: 0 }
  if (positionals.length < min) refuse(`it needs ${command.usage ?? 'an argument'}`)
  const extra = positionals[max]
  if (extra !== undefined) refuse(`unexpected argument '${extra}'`)
}
