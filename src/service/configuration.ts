import { dirname, isAbsolute, resolve } from 'node:path'
import { describe, type InvalidOptionError } from '../errors.js'
import { misspelt, saidByEnvironment, type Environment } from './config-environment.js'
import { ConfigFault, readConfigFile, type ConfigFile } from './config-file.js'
import { saidByFlags } from './config-flags.js'
import type { ServiceOptions } from './service-options.js'
import { flagOf, variableOf, type Flags, type Said } from './setting-source.js'
import { SETTING_NAMES, type SettingName } from './setting-table.js'

/** What is said anywhere: a flag before the environment, that before the file, that before the default. */
export interface Configuration {
  /** Not judged yet. */
  readonly options: ServiceOptions
  /** The file, if there is one. */
  readonly file: string | undefined
  /** What a person should look at. */
  readonly warnings: readonly string[]
  /** `--port`, `STRATA_PORT`, `strata.yaml:3`, or `default`. */
  placeOf(name: SettingName): string
  /** A fault of these options in words that say where it is. */
  explain(error: InvalidOptionError): string
}

/** Throws `ConfigFault`: the file cannot be read, or is none. */
export function loadConfiguration(flags: Flags, env: Environment): Configuration {
  const path = flags.text(flagOf('config')) ?? (env[variableOf('config')] || undefined)
  const file = path === undefined ? undefined : readConfigFile(path)
  const said = new Map([...saidByEnvironment(env), ...saidByFlags(flags)])
  const options = merged(objectOf(file, path), path, said)
  return {
    options,
    file: path,
    warnings: misspelt(env),
    placeOf(name) {
      const above = said.get(name)
      if (above !== undefined) return above.place
      return file?.placeOf(name) ?? 'default'
    },
    explain: (error) => explain(error, said, file),
  }
}

type Plain = Readonly<Record<string, unknown>>

function objectOf(file: ConfigFile | undefined, path = ''): Plain {
  const options = file?.options ?? {}
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw new ConfigFault([`${path}: it must be settings by their names, it is something else`])
  }
  return options as Plain
}

function merged(
  file: Plain,
  path: string | undefined,
  said: ReadonlyMap<SettingName, Said>,
): Plain {
  const options: Record<string, unknown> = { ...file }
  const { tokens } = options
  if (path !== undefined && typeof tokens === 'string' && !isAbsolute(tokens)) {
    options['tokens'] = resolve(dirname(path), tokens)
  }
  for (const [name, { value }] of said) {
    const [group = name, inner] = name.split('.')
    if (inner === undefined) options[group] = value
    else {
      const others = options[group] ?? {}
      // a group that is none is refused by whoever judges it
      if (typeof others === 'object') options[group] = { ...others, [inner]: value }
    }
  }
  return options
}

function explain(
  { option, value, allowed }: InvalidOptionError,
  said: ReadonlyMap<SettingName, Said>,
  file: ConfigFile | undefined,
): string {
  const name = SETTING_NAMES.find((one) =>
    new RegExp(`^${one.replace('.', '\\.')}(?![\\w])`).test(option),
  )
  const above = name === undefined ? undefined : said.get(name)
  if (above !== undefined) {
    const what = option === name ? above.place : `${above.place}: ${option}`
    return sentence(what, value, allowed)
  }
  const place = file?.placeOf(option)
  return sentence(place === undefined ? option : `${place}: ${option}`, value, allowed)
}

function sentence(what: string, value: unknown, allowed: string): string {
  if (/^no (setting|option) of this name/.test(allowed)) return `${what} is ${allowed}`
  return `${what} must be ${allowed}, it is ${describe(value)}`
}
