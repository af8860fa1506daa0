import type { Logger } from '../cache/options.js'
import { describe } from '../errors.js'
import type { RuleFault } from '../http/rule-functions.js'

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

  /** Answers of a route are not kept: its handler reads what its key does not have. Said once for each. */
  unkeyed(pattern: string, input: string): void {
    const message = `${pattern} is not cached: its handler reads ${input}, which is not in its key`
    if (this.#logger === false || this.#said.has(message)) return
    if (this.#said.size < MAX_SAID) this.#said.add(message)
    if (this.#logger !== undefined) this.#log(this.#logger, message, undefined, 'STRATA_UNKEYED')
    else process.emitWarning(message, { type: 'StrataWarning', code: 'STRATA_UNKEYED' })
  }

  /** A function of a route's policy failed, and its answers are not kept. Said once for each. */
  ruleFault({ route = 'a route', option, message, cause }: RuleFault): void {
    const kind = `${route} ${option}`
    if (this.#logger === false || this.#said.has(kind) || this.#said.size >= MAX_SAID) return
    this.#said.add(kind)
    if (this.#logger !== undefined) this.#log(this.#logger, message, cause, 'STRATA_RULE')
    else process.emitWarning(message, { type: 'StrataWarning', code: 'STRATA_RULE' })
  }

  #log(logger: Logger, message: string, error: unknown, code = 'STRATA_HANDLER'): void {
    try {
      logger.warn(error === undefined ? { code } : { code, err: error }, message)
    } catch (failure) {
      // A logger's own failure must not become that of a request.
      const text = `the logger threw: ${String(failure)}`
      process.emitWarning(text, { type: 'StrataWarning', code: 'STRATA_LOGGER' })
    }
  }
}
