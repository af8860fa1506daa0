import { InvalidOptionError } from '../errors.js'
import { ConfigFault } from '../service/config-file.js'
import { loadConfiguration, type Configuration } from '../service/configuration.js'
import { problemsOf } from '../service/read-options.js'
import type { Arguments } from './arguments.js'
import type { Io } from './command.js'

export type ReadConfiguration =
  | { readonly configuration: Configuration; readonly faults: readonly [] }
  | { readonly configuration: undefined; readonly faults: readonly string[] }

/** What flags, environment and file say together, or a line for each thing that is wrong with it. */
export async function readConfiguration(args: Arguments, { env }: Io): Promise<ReadConfiguration> {
  let configuration: Configuration
  try {
    configuration = loadConfiguration(args, env)
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return { configuration: undefined, faults: error.faults }
  }
  const { options } = configuration
  const problems = [...problemsOf(options), ...(await problemsOfRedis(options.redis))]
  const faults = problems.map((fault) => configuration.explain(fault))
  return faults.length === 0 ? { configuration, faults: [] } : { configuration: undefined, faults }
}

/** Of the object that it may be in a file: a Cluster, Sentinels. A URL is judged with the other settings. */
async function problemsOfRedis(redis: unknown): Promise<readonly InvalidOptionError[]> {
  if (typeof redis !== 'object' || redis === null) return []
  // only where it is needed: a cache is a lot to load for a look at settings
  const { parseRedis } = await import('../create-cache.js')
  try {
    parseRedis(redis)
    return []
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    return [error]
  }
}
