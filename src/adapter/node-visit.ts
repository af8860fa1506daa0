import type { IncomingMessage, ServerResponse } from 'node:http'
import { formatCacheStatus } from '../http/cache-status.js'
import type { Origin } from '../http/exchange.js'
import type { Fields } from '../http/fields.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import type { ResponseCache } from '../http/response-cache.js'
import type { Rule } from '../http/route-policy.js'
import { isSafe } from '../http/unsafe.js'
import { bypassReason } from './bypass.js'
import { CapturedResponse } from './captured-response.js'
import { ClientGone } from './client-gone.js'
import { Leaving } from './leaving.js'
import { Nesting, type Place } from './nesting.js'
import { Look } from './node-request.js'
import { ruleFor } from './route-rules.js'
import { Sink } from './sink.js'
import { saidBlindly, visibleFields } from './visible.js'
import { writeBody } from './write-answer.js'
import { fieldsSet } from './written-head.js'

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
  /** Properties of Node's request that the framework has set, narrowed to what the key names. */
  readonly narrowed: (rule: Rule) => Readonly<Record<string, unknown>>
  /** The framework's own request, where it is another object, and its properties, narrowed as well. */
  readonly other?: (rule: Rule) => readonly [object, Readonly<Record<string, unknown>>]
  /** What was set for the response before; undefined: what is set on Node's own. */
  readonly before?: () => Fields
  /** How an answer is given that needed no handler; undefined: written into the response. */
  readonly give?: ((answer: HttpResponse) => unknown) | undefined
}

const nesting = new Nesting()

/** Answers from the cache, or runs the handler. Rejects with what the framework has to answer. */
export function visitNode(visit: NodeVisit): void | Promise<void> {
  const { req, res, rule, request, run } = visit
  const { method = '' } = req
  const isRead = method === 'GET' || method === 'HEAD'
  if (request === undefined || (!isRead && isSafe(method))) return settled(run())
  const { httpVersionMajor: version } = req
  if (!isRead && version > 1) return changeBeside(visit, request)
  const reason = isRead ? bypassReason(rule, request, version) : undefined
  if (reason === undefined) {
    const place = nesting.enter(req, rule, request)
    return place === undefined ? settled(run()) : new NodeExchange(visit, place).answer()
  }
  res.setHeader('cache-status', formatCacheStatus({ fwd: 'bypass', detail: reason }))
  return settled(run())
}

/** What it changes is invalidated when it has been answered: its response cannot be held back. */
function changeBeside(
  { responses, res, run }: NodeVisit,
  request: HttpRequest,
): void | Promise<void> {
  res.once('finish', () => {
    const response = { status: res.statusCode, fields: fieldsSet(res) }
    responses.invalidateAfter(request, response).catch(() => undefined) // the cache was closed
  })
  return settled(run())
}

/** Also what it throws before it has made a promise. */
async function settling(run: () => unknown): Promise<void> {
  await run()
}

function settled(result: unknown): void | Promise<void> {
  if (result instanceof Promise) return result.then(() => undefined)
}

class NodeExchange {
  readonly #visit: NodeVisit
  readonly #place: Place
  #before: { readonly fields: Fields; readonly status: number } | undefined
  #captured: CapturedResponse | undefined
  #look: Look | undefined

  constructor(visit: NodeVisit, place: Place) {
    this.#visit = visit
    this.#place = place
  }

  answer(): void | Promise<void> {
    const { responses, rule, c } = this.#visit
    const leaving = new Leaving(this.#visit.res)
    const answer = responses.answer({
      request: this.#place.request,
      rule: ruleFor(rule, this.#place.request.method),
      c,
      origin: this.#origin,
      unshareable: this.#place.unshareable,
      isOwnError: this.#place.isOwnError,
      // a hit in memory has no use for it
      get signal(): AbortSignal {
        return leaving.signal
      },
    })
    if (!(answer instanceof Promise)) return this.#give(answer)
    this.#beforeNow() // the handler may run when this request has been answered
    return this.#later(answer)
  }

  async #later(promised: Promise<HttpResponse>): Promise<void> {
    let answer
    try {
      answer = await promised
    } catch (error) {
      if (error instanceof ClientGone) return
      this.#captured?.restore()
      throw error
    }
    await this.#give(answer)
  }

  /** What was set before us. */
  #beforeNow(): { readonly fields: Fields; readonly status: number } {
    const { before, res } = this.#visit
    this.#before ??= { fields: before?.() ?? fieldsSet(res), status: res.statusCode }
    return this.#before
  }

  readonly #origin: Origin = async (asked, signal) => {
    if (this.#captured !== undefined) return await again(this.#captured)
    const { req, res, rule, run } = this.#visit
    const { fields: before, status } = this.#beforeNow()
    const captured = new CapturedResponse({
      req,
      res,
      before,
      status,
      aside: (real) => this.#aside(real),
      onEnd: () => this.#look?.remove(),
    })
    this.#captured = captured
    this.#place.asks(asked)
    this.#show(asked)
    const leave = (): void => this.#abandon(signal?.reason)
    if (signal?.aborted === true) leave()
    else signal?.addEventListener('abort', leave, { once: true })
    void settling(run).catch((error: unknown) => captured.fail(error))
    const response = await captured.response
    return { ...response, fields: saidBlindly(rule, response.fields) }
  }

  /** Lets the handler see what the key names; one that changes something sees all of its request. */
  #show(asked: HttpRequest): void {
    const { req, rule, narrowed, other } = this.#visit
    if (!isSafe(asked.method)) return
    const isNarrow = rule.policy !== undefined
    this.#look = new Look(req, {
      fields: visibleFields(rule, asked, this.#place.request),
      properties: isNarrow ? narrowed(rule) : {},
      other: isNarrow ? other?.(rule) : undefined,
    })
  }

  /** Whoever stood before the handler looks at the request as it is. */
  #aside(real: () => void): void {
    this.#look?.remove()
    try {
      real()
    } finally {
      if (this.#captured?.isEnded === false) this.#look?.apply()
    }
  }

  #abandon(reason: unknown): void {
    if (this.#captured?.isEnded !== false) return
    this.#captured.fail(reason)
    const { emitter } = this.#look?.events ?? {}
    process.nextTick(() => {
      emitter?.emit('aborted')
      emitter?.emit('close')
    })
  }

  #give(answer: HttpResponse): void | Promise<void> {
    if (this.#captured !== undefined) return writeBody(this.#captured.answer(answer), answer)
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
