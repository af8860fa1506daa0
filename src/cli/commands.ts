import type { Command } from './command.js'
import { didYouMean } from '../entry/did-you-mean.js'
import { Failure } from './failure.js'

/** Each is loaded when it is asked for: `strata get` needs nothing of what `strata serve` does. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.js')).serve,
  check: async () => (await import('./check.js')).check,
  get: async () => (await import('./get.js')).get,
  set: async () => (await import('./set.js')).set,
  purge: async () => (await import('./purge.js')).purge,
  inspect: async () => (await import('./inspect.js')).inspect,
  explain: async () => (await import('./explain.js')).explain,
  doctor: async () => (await import('./doctor.js')).doctor,
  top: async () => (await import('./top.js')).top,
  tail: async () => (await import('./tail.js')).tail,
  warm: async () => (await import('./warm.js')).warm,
  bench: async () => (await import('./bench.js')).bench,
  completion: async () => (await import('./completion.js')).completion,
  help: async () => (await import('./help.js')).help,
}

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS)

/** Throws `Failure` 2: there is none of this name. */
export async function commandOf(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load !== undefined) return load()
  throw new Failure(2, `unknown command '${name}'${didYouMean(name, COMMAND_NAMES)}`, 'help')
}
