import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Origin } from '../http/exchange.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import type { ResponseCache } from '../http/response-cache.js'
import type { Rule } from '../http/route-policy.js'
import { formatCacheStatus } from '../http/cache-status.js'
import { isSafe } from '../http/unsafe.js'
import { bypassReason } from './bypass.js'
import { CapturedResponse } from './captured-response.js'
import { viewed } from './node-request.js'
import { Sink } from './sink.js'
import { visibleFields } from './visible.js'
import { writeBody } from './write-answer.js'

/** One request to a handler that writes into a `ServerResponse`. */
export interface NodeVisit {
  readonly responses: ResponseCache
  readonly rule: Rule
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Undefined: one that no cache may have an opinion on. */
  readonly request: HttpRequest | undefined
  /** What the policy's functions are given. */
  readonly c: unknown
  /** Runs the handler. What it throws is a failure of the handler; it may as well tell its framework. */
  readonly run: () => unknown
  /** Properties of the framework's request, narrowed to what the key names. */
  readonly narrowed: (rule: Rule) => Readonly<Record<string, unknown>>
  /** An answer that needs no handler; undefined: it is written into the response. */
  readonly give?: ((answer: HttpResponse) => unknown) | undefined
}

/** Answers from the cache, or runs the handler. Rejects with what the framework has to answer. */
export function visitNode(visit: NodeVisit): void | Promise<void> {
  const { req, res, rule, request, run } = visit
  const { method = '' } = req
  const isRead = method === 'GET' || method === 'HEAD'
  if (request === undefined || (!isRead && isSafe(method))) return settled(run())
  const reason = isRead ? bypassReason(rule, request) : undefined
  if (reason === undefined) return new NodeExchange(visit, request).answer()
  res.setHeader('cache-status', formatCacheStatus({ fwd: 'bypass', detail: reason }))
  return settled(run())
}

function settled(result: unknown): void | Promise<void> {
  if (result instanceof Promise) return result.then(() => undefined)
}

/** The client of a request has gone. */
class ClientGone extends Error {
  constructor() {
    super('the client has gone')
  }
}

class NodeExchange {
  readonly #visit: NodeVisit
  readonly #request: HttpRequest
  #captured: CapturedResponse | undefined
  #view: ReturnType<typeof viewed> | undefined
  #leaving: AbortController | undefined

  constructor(visit: NodeVisit, request: HttpRequest) {
    this.#visit = visit
    this.#request = request
  }

  answer(): void | Promise<void> {
    const { responses, rule, c } = this.#visit
    const signalOf = (): AbortSignal => this.#signal()
    const answer = responses.answer({
      request: this.#request,
      rule,
      c,
      origin: this.#origin,
      // a hit in memory has no use for it
      get signal(): AbortSignal {
        return signalOf()
      },
    })
    return answer instanceof Promise ? this.#later(answer) : this.#give(answer)
  }

  async #later(promised: Promise<HttpResponse>): Promise<void> {
    let answer
    try {
      answer = await promised
    } catch (error) {
      this.#captured?.restore()
      if (error instanceof ClientGone) return
      throw error
    }
    await this.#give(answer)
  }

  #signal(): AbortSignal {
    if (this.#leaving === undefined) {
      const leaving = new AbortController()
      this.#leaving = leaving
      const { res } = this.#visit
      if (res.destroyed) leaving.abort(new ClientGone())
      else res.once('close', () => leaving.abort(new ClientGone()))
    }
    return this.#leaving.signal
  }

  readonly #origin: Origin = async (asked, signal) => {
    if (this.#captured !== undefined) return await again(this.#captured)
    const { req, res, run } = this.#visit
    const captured = new CapturedResponse(req, res, () => this.#view?.overlay.remove())
    this.#captured = captured
    this.#look(asked)
    const leave = (): void => this.#abandon(signal?.reason)
    if (signal?.aborted === true) leave()
    else signal?.addEventListener('abort', leave, { once: true })
    try {
      await run()
    } catch (error) {
      captured.fail(error)
    }
    return await captured.response
  }

  /** Lets the handler see what the key names. */
  #look(asked: HttpRequest): void {
    const { req, rule, narrowed } = this.#visit
    this.#view = viewed(req, {
      method: asked.method,
      fields: visibleFields(rule, asked, this.#request),
      properties: rule.policy === undefined ? {} : narrowed(rule),
    })
  }

  #abandon(reason: unknown): void {
    if (this.#captured?.isEnded !== false) return
    this.#view?.events.emitter.emit('aborted')
    this.#view?.events.emitter.emit('close')
    this.#captured.fail(reason)
  }

  #give(answer: HttpResponse): void | Promise<void> {
    const captured = this.#captured
    if (captured === undefined) return this.#giveStored(answer)
    // the middleware before us looks at its own request when the head goes out
    this.#view?.overlay.remove()
    captured.answer((sink) => sink.writeHead(answer))
    if (!captured.isEnded) this.#view?.overlay.apply()
    return writeBody(captured.sink, answer)
  }

  #giveStored(answer: HttpResponse): void | Promise<void> {
    const { give, res } = this.#visit
    if (give !== undefined) return settled(give(answer))
    const sink = new Sink(res)
    sink.writeHead(answer)
    return writeBody(sink, answer)
  }
}

/** A handler runs once per request: what it has said then counts, if it can be said twice. */
async function again(captured: CapturedResponse): Promise<HttpResponse> {
  const response = await captured.response
  const { status, body } = response
  if (status !== 304 && (body === undefined || body instanceof Uint8Array)) return response
  throw new Error(`the handler's answer (${status}) is of no use for this request`)
}
