import { ConfigFault } from '../service/config-file.js'
import { loadConfiguration, type Configuration } from '../service/configuration.js'
import { problemsOf } from '../service/read-options.js'
import type { Arguments } from './arguments.js'
import type { Io } from './command.js'

export type ReadConfiguration =
  | { readonly configuration: Configuration; readonly faults: readonly [] }
  | { readonly configuration: undefined; readonly faults: readonly string[] }

/** What flags, environment and file say together, or a line for each thing that is wrong with it. */
export function readConfiguration(args: Arguments, { env }: Io): ReadConfiguration {
  let configuration: Configuration
  try {
    configuration = loadConfiguration(args, env)
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return { configuration: undefined, faults: error.faults }
  }
  const faults = problemsOf(configuration.options).map((fault) => configuration.explain(fault))
  return faults.length === 0 ? { configuration, faults: [] } : { configuration: undefined, faults }
}
