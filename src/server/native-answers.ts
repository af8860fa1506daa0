import { HttpError } from '../errors.js'
import type { HttpResponse } from '../http/message.js'
import { dispose } from './dispose.js'
import type { NativeIncoming } from './native-incoming.js'
import type { NativeStream } from './native-stream.js'
import type { NativeWriter } from './native-writer.js'
import { problem } from './problem.js'
import type { Reporter } from './reporter.js'
import type { ServerCounters } from './server-stats.js'

export interface NativeAnswersParts {
  readonly writer: NativeWriter
  readonly counters: ServerCounters
  readonly reporter: Reporter
  /** Every answer ends its connection. */
  readonly closes: boolean
  /** Nothing more will be heard of it. */
  readonly onComplete: (incoming: NativeIncoming) => void
}

/** Sends answers, each request one, and what becomes of those that cannot be sent. */
export class NativeAnswers {
  readonly #parts: NativeAnswersParts

  constructor(parts: NativeAnswersParts) {
    this.#parts = parts
  }

  respond(incoming: NativeIncoming, response: HttpResponse): void {
    if (incoming.isAnswered) return dispose(response.body)
    incoming.isAnswered = true
    if (incoming.isGone || incoming.isBackground) return dispose(response.body)
    try {
      this.#write(incoming, response)
    } catch (error) {
      dispose(response.body)
      this.#failed(incoming, error)
      this.#write(incoming, problem(500))
    }
  }

  /** Throws when the head cannot be written; then nothing was. */
  #write(incoming: NativeIncoming, response: HttpResponse): void {
    const { writer, closes } = this.#parts
    const stream = writer.answer(incoming, response, closes || incoming.isLast)
    if (stream === undefined) this.#complete(incoming)
    else void this.#send(incoming, stream)
  }

  /** A body that fails with its head unsent is 500, after that the client must see it end. */
  async #send(incoming: NativeIncoming, stream: NativeStream): Promise<void> {
    try {
      await stream.send()
    } catch (error) {
      if (incoming.isGone) return
      this.#failed(incoming, error)
      if (stream.isStarted) stream.abort()
      else this.#parts.writer.answer(incoming, problem(failureStatus(error)), true)
    }
    this.#complete(incoming)
  }

  #complete(incoming: NativeIncoming): void {
    incoming.complete()
    this.#parts.onComplete(incoming)
  }

  #failed({ method }: NativeIncoming, error: unknown): void {
    this.#parts.counters.errors++
    this.#parts.reporter.error(`sending what answers ${method}`, error)
  }
}

/** Of a body that never began: what it says itself, if it is a fault of ours. */
function failureStatus(error: unknown): number {
  return error instanceof HttpError && error.status >= 500 ? error.status : 500
}
