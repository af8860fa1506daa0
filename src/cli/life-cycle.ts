import type { Reloaded } from '../service/reloaded.js'
import type { ServiceLogger } from '../service/service-log.js'
import type { Service } from '../service/service.js'

const STOPS = ['SIGTERM', 'SIGINT'] as const

/**
 * What the process is told by signals, from when it is made: also as PID 1, which the kernel sends no signal that it has no
 * handler for. What nobody caught ends the process, after the log has it.
 */
export class LifeCycle {
  /** Resolves when the service has closed because it was told to. */
  readonly ended: Promise<void>
  readonly #service: Service
  readonly #log: ServiceLogger
  readonly #reload: () => Promise<Reloaded>
  #end: () => void = () => {}
  #fail: (error: unknown) => void = () => {}
  #isStopping = false

  constructor(service: Service, log: ServiceLogger, reload: () => Promise<Reloaded>) {
    this.#service = service
    this.#log = log
    this.#reload = reload
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
    })
    for (const signal of STOPS) process.on(signal, this.#onStop)
    process.on('SIGHUP', this.#onReload)
    process.on('uncaughtException', this.#onUncaught)
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Signals mean again what they mean to any process. */
  forget(): void {
    for (const signal of STOPS) process.off(signal, this.#onStop)
    process.off('SIGHUP', this.#onReload)
    process.off('uncaughtException', this.#onUncaught)
  }

  readonly #onStop = (signal: NodeJS.Signals): void => {
    if (this.#isStopping) {
      this.#log.warn({ signal }, 'stopped at once')
      process.exit(1)
    }
    this.#isStopping = true
    this.#log.info({ signal }, 'stopping')
    this.#service.close().then(() => {
      this.#log.info({}, 'stopped')
      this.#end()
    }, this.#fail)
  }

  readonly #onReload = (): void => {
    this.#reload().then(
      (reloaded) => this.#log.info(reloaded, 'configuration read again'),
      (error: unknown) => {
        const err = error instanceof Error ? error.message : String(error)
        this.#log.error({ err }, 'configuration kept as it was')
      },
    )
  }

  // a rejection that nobody handles comes here as well
  readonly #onUncaught = (error: unknown): void => {
    const err = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#log.error({ err }, 'uncaught')
    process.exit(1)
  }
}
