import { ServiceUnavailableError } from '../errors.js'
import { type Answer, failureOf } from './answer.js'
import { Pause } from './pause.js'
import type { ClientSettings } from './settings.js'

export interface Asking {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'POST'
  /** Below the URL of the service, with its query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Statuses that are no failure. */
  readonly expected: readonly number[]
  /** Sending it twice does what sending it once does. */
  readonly repeatable: boolean
  /** Milliseconds beyond the timeout that the service may take. */
  readonly wait?: number
  readonly signal?: AbortSignal | undefined
}

/** Asks the service: one deadline for everything, repetitions of what can be repeated, and pauses when it is away. */
export class Connection {
  readonly #settings: ClientSettings
  readonly #pause = new Pause()

  constructor(settings: ClientSettings) {
    this.#settings = settings
  }

  /** Rejects with what `failureOf` says, with a `ServiceUnavailableError`, or with the reason of the caller's signal. */
  async ask(asking: Asking): Promise<Answer> {
    asking.signal?.throwIfAborted()
    if (!this.#pause.mayAsk(performance.now())) {
      throw new ServiceUnavailableError('open', 'not asked, it has just failed several times')
    }
    const deadline = new AbortController()
    const timer = setTimeout(
      () => deadline.abort(OVER),
      this.#settings.timeout + (asking.wait ?? 0),
    )
    const onAbort = (): void => deadline.abort(asking.signal?.reason)
    asking.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await this.#askUntil(asking, deadline.signal)
    } finally {
      clearTimeout(timer)
      asking.signal?.removeEventListener('abort', onAbort)
    }
  }

  async #askUntil(asking: Asking, signal: AbortSignal): Promise<Answer> {
    let left = asking.repeatable ? this.#settings.retry : 0
    for (;;) {
      const result = await this.#askOnce(asking, signal)
      if (!(result instanceof Error)) return result
      const mayHelp =
        result instanceof ServiceUnavailableError &&
        (result.reason === 'connection' || result.reason === 'unavailable')
      if (left === 0 || !mayHelp || signal.aborted) throw result
      left -= 1
    }
  }

  /** The answer, or why there is none; throws only what the caller's own signal says. */
  async #askOnce(asking: Asking, signal: AbortSignal): Promise<Answer | Error> {
    const { method, path, body, headers } = asking
    let answer: Answer
    try {
      const response = await this.#settings.fetch(this.#settings.base + path, {
        method,
        headers: { ...this.#settings.headers, ...headers },
        ...(body === undefined ? {} : { body: body as string }),
        // to follow one would be to show the token to somebody else
        redirect: 'error',
        signal,
      })
      answer = {
        status: response.status,
        headers: response.headers,
        body: new Uint8Array(await response.arrayBuffer()),
      }
    } catch (error) {
      if (asking.signal?.aborted === true) throw asking.signal.reason
      this.#pause.failed(performance.now())
      return unanswered(signal, this.#settings.base, error)
    }
    this.#pause.answered()
    return asking.expected.includes(answer.status) ? answer : failureOf(answer)
  }
}

/** The reason of a deadline that is over. */
const OVER = 'over'

function unanswered(signal: AbortSignal, base: string, cause: unknown): ServiceUnavailableError {
  return signal.reason === OVER
    ? new ServiceUnavailableError('timeout', `no answer in time from ${base}`)
    : new ServiceUnavailableError('connection', `cannot be reached at ${base}`, cause)
}
