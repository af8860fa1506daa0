import { ListenError, NativeUnavailableError } from '../errors.js'
import { settingFlags } from '../service/config-flags.js'
import type { Command, Io } from './command.js'
import { Failure } from './failure.js'
import { readConfiguration } from './read-configuration.js'
import { LifeCycle } from './life-cycle.js'
import { withListenAdvice } from './listen-advice.js'
import type { Arguments } from './arguments.js'
import type { Service } from '../service/service.js'

const DETAILS = `
Each flag can also be said in the environment (--max-value: STRATA_MAX_VALUE) and in
the file (maxValue, memory: { maxBytes }). A flag stands before the environment, that
before the file. REDIS_URL is --redis. "strata check" shows what is in force.
A Redis Cluster or Sentinel is an object: redis: { cluster: { nodes: ['10.0.0.1:6379'] } }.

The log is JSON on standard error, a line each.

SIGTERM and SIGINT stop it when what runs is done; a second one at once. SIGHUP reads
the configuration and the tokens again.

Exit codes: 0 stopped, 1 it could not listen, 2 the configuration is wrong.

  strata serve --redis redis://127.0.0.1:6379
  strata serve --config strata.yaml --port 8080
`

export const serve: Command = {
  name: 'serve',
  summary: 'Run the cache as a service over HTTP',
  flags: settingFlags(),
  details: DETAILS,
  async run(args, io) {
    const { configuration, faults } = await readConfiguration(args, io)
    if (configuration === undefined) throw wrong(faults)
    const { createService } = await import('../service/create-service.js')
    const { createLog } = await import('../service/service-log.js')
    const logger = createLog(configuration.options.logLevel ?? 'info')
    const service = createService({ ...configuration.options, logger })
    for (const warning of configuration.warnings) logger.warn({}, warning)
    const life = new LifeCycle(service, logger, () => reread(service, args, io))
    try {
      if (await listening(service, life)) io.stdout.write(`${service.describe()}\n`)
      await life.ended
    } finally {
      await service.close()
      life.forget()
    }
    return 0
  },
}

/** False: it was stopped before it did. */
async function listening(service: Service, life: LifeCycle): Promise<boolean> {
  try {
    await service.listen()
    return true
  } catch (error) {
    if (life.isStopping) return false
    if (error instanceof ListenError || error instanceof NativeUnavailableError) {
      throw new Failure(1, withListenAdvice(error.message))
    }
    throw error
  }
}

/** Throws `Failure`: it stays as it was. */
async function reread(service: Service, args: Arguments, io: Io) {
  const { configuration, faults } = await readConfiguration(args, io)
  if (configuration === undefined) throw wrong(faults)
  return await service.reload(configuration.options)
}

function wrong(faults: readonly string[]): Failure {
  return new Failure(2, faults.join('\nstrata: '), 'serve')
}
