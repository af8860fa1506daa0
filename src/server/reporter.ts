import type { Logger } from '../cache/options.js'
import { describe } from '../errors.js'

/** Errors said aloud by `process.emitWarning`, each once; from then on only a logger hears of others. */
const MAX_SAID = 1_000

/** Tells people of what no client is told. A logger hears of everything; without one, a warning is given once for each kind. */
export class Reporter {
  readonly #logger: Logger | false | undefined
  readonly #said = new Set<string>()

  constructor(logger: Logger | false | undefined) {
    this.#logger = logger
  }

  /** An error that no handler took; `where` is the route. */
  error(where: string, error: unknown): void {
    const message = `${where}: ${error instanceof Error ? error.message : describe(error)}`
    if (this.#logger === false) return
    if (this.#logger !== undefined) this.#log(this.#logger, message, error)
    else if (!this.#said.has(message) && this.#said.size < MAX_SAID) {
      this.#said.add(message)
      const detail = error instanceof Error ? (error.stack ?? '') : ''
      process.emitWarning(message, { type: 'StrataWarning', code: 'STRATA_HANDLER', detail })
    }
  }

  #log(logger: Logger, message: string, error: unknown): void {
    try {
      logger.warn({ code: 'STRATA_HANDLER', err: error }, message)
    } catch (failure) {
      // A logger's own failure must not become that of a request.
      const text = `the logger threw: ${String(failure)}`
      process.emitWarning(text, { type: 'StrataWarning', code: 'STRATA_LOGGER' })
    }
  }
}
