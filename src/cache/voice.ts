import type { Clock } from '../clock.js'
import type { Settings } from './settings.js'

/** What a cache tells of itself. */
export interface CacheEvents {
  /** Redis stopped answering. */
  degraded: { readonly reason: string }
  /** Redis answers again; `after` milliseconds. */
  recovered: { readonly after: number }
  /** A cache error that no caller was given. */
  error: Error
}

type Handlers = { [E in keyof CacheEvents]: Set<(event: CacheEvents[E]) => void> }

/** Errors said aloud, each kind once: a broken value would otherwise be reported at every store. */
const MAX_SAID = 1_000

/**
 * Tells people: events for those who listen, and a line for the log at each change of state. An `error` nobody listens to
 * never throws.
 */
export class Voice {
  readonly #logger: Settings['logger']
  readonly #clock: Clock
  readonly #handlers: Handlers = { degraded: new Set(), recovered: new Set(), error: new Set() }
  readonly #said = new Set<string>()
  #downSince: number | undefined
  #isDoubted = false

  constructor(logger: Settings['logger'], clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  /** Returns how to stop listening. */
  on<E extends keyof CacheEvents>(event: E, handler: (event: CacheEvents[E]) => void): () => void {
    this.#handlers[event].add(handler)
    return () => this.#handlers[event].delete(handler)
  }

  down(reason: string): void {
    if (this.#downSince !== undefined) return
    this.#downSince = this.#clock.now()
    this.#log('warn', 'STRATA_REDIS_DOWN', `redis does not answer (${reason}); loaders run instead`)
    this.#emit('degraded', { reason })
  }

  back(): void {
    if (this.#downSince === undefined) return
    const after = this.#clock.now() - this.#downSince
    this.#downSince = undefined
    this.#log('info', 'STRATA_REDIS_BACK', `redis answers again after ${Math.round(after)} ms`)
    this.#emit('recovered', { after })
  }

  /** Memory cannot be trusted although Redis answers. Said once, until it can be again. */
  notCoherent(reason: string): void {
    if (this.#isDoubted) return
    this.#isDoubted = true
    const message = `invalidations of other processes are not heard (${reason}); memory is not trusted`
    this.#log('warn', 'STRATA_NOT_COHERENT', message)
  }

  coherentAgain(): void {
    this.#isDoubted = false
  }

  /** A cache error that was kept from the caller. `once`: the log is told the first time only; listeners every time. */
  error(error: Error, once: string): void {
    if (!this.#said.has(once)) {
      if (this.#said.size < MAX_SAID) this.#said.add(once)
      this.#log('warn', 'STRATA_ERROR', error.message)
    }
    this.#emit('error', error)
  }

  /** A likely mistake, or something to look into; said once. */
  hint(code: string, message: string): void {
    if (this.#said.has(message)) return
    if (this.#said.size < MAX_SAID) this.#said.add(message)
    this.#log('warn', code, message)
  }

  #log(level: 'info' | 'warn', code: string, message: string): void {
    if (this.#logger === false) return
    if (this.#logger === undefined) {
      process.emitWarning(message, { type: 'StrataWarning', code })
      return
    }
    try {
      this.#logger[level]({ code }, message)
    } catch (error) {
      // A logger's own failure must not become the failure of a read; said where a logger is not needed.
      process.emitWarning(`the logger threw: ${String(error)}`, { type: 'StrataWarning', code })
    }
  }

  #emit<E extends keyof CacheEvents>(event: E, details: CacheEvents[E]): void {
    for (const handler of this.#handlers[event]) {
      try {
        handler(details)
      } catch (error) {
        // A listener's own failure is the listener's: it must not become the failure of a read.
        this.#log('warn', 'STRATA_LISTENER', `a listener of '${event}' threw: ${String(error)}`)
      }
    }
  }
}
