import { AsyncLocalStorage } from 'node:async_hooks'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Context, Next } from 'koa'
import type { Fields } from '../http/fields.js'
import { CapturedResponse } from './captured-response.js'
import { HandlerEvents } from './handler-events.js'
import { values } from './overlay.js'

/** What a handler run for the cache is to find in its context. */
export interface KoaLook {
  /** Fields of the request, and what else is to be found there. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly originalUrl: string
  /** What was set for the response before. */
  readonly before: Fields
}

export interface KoaRun {
  readonly captured: CapturedResponse
  /** The handler's side is told that nobody waits any more. */
  readonly abandon: (reason: unknown) => void
}

interface Behind {
  readonly front: Context
  readonly own: Context
}

const running = new AsyncLocalStorage<Behind>()

/**
 * Runs what stands behind a middleware with a request and a response of its own, within the one context there is: the same
 * client may be answered with what is stored, and the middleware before may go on, while a handler makes something new.
 * Which of the two is meant is known by who asks (AsyncLocalStorage). Koa itself writes the handler's response, into ours.
 */
export function runBehind(front: Context, next: Next, look: KoaLook): KoaRun {
  const events = new HandlerEvents(front.req, ['close', 'aborted'])
  const req = Object.create(front.req, {
    ...values(look.properties),
    ...events.properties(),
  }) as IncomingMessage
  const res = new ServerResponse(req)
  const captured = new CapturedResponse({
    req,
    res,
    before: look.before,
    aside: (real) => real(),
    onEnd: () => undefined,
  })
  const own = ownContext(front, req, res, look.originalUrl)
  split(front)
  const behind = { front, own }
  async function handle(): Promise<void> {
    try {
      await running.run(behind, next)
    } catch (error) {
      captured.fail(error)
      own.respond = false
    }
  }
  const { app } = front as unknown as { readonly app: KoaInside }
  void app.handleRequest(own, handle)
  const abandon = (reason: unknown): void => {
    captured.fail(reason)
    process.nextTick(() => {
      for (const name of ['aborted', 'close']) events.emitter.emit(name)
    })
  }
  return { captured, abandon }
}

/** What Koa's own listener does with a request. */
interface KoaInside {
  readonly createContext: (req: IncomingMessage, res: ServerResponse) => Context
  readonly handleRequest: (ctx: Context, run: (ctx: Context) => Promise<void>) => Promise<void>
}

function ownContext(
  front: Context,
  req: IncomingMessage,
  res: ServerResponse,
  originalUrl: string,
): Context {
  const own = (front.app as unknown as KoaInside).createContext(req, res)
  own.state = front.state
  own.originalUrl = originalUrl
  own.request.originalUrl = originalUrl
  const { params } = front.request as { readonly params?: unknown }
  if (params !== undefined) Object.assign(own.request, { params })
  return own
}

const splitContexts = new WeakSet<Context>()

/** Of these a context has one for the handler and one for everybody else. */
const NAMES = ['request', 'response', 'req', 'res', 'respond', 'cookies', 'originalUrl'] as const

function split(front: Context): void {
  if (splitContexts.has(front)) return
  splitContexts.add(front)
  const kept = new Map<string, unknown>()
  const prototype = Object.getPrototypeOf(front) as object
  for (const name of NAMES) {
    if (Object.hasOwn(front, name)) kept.set(name, front[name])
    Object.defineProperty(front, name, {
      get: (): unknown => {
        const own = ownOf(front)
        if (own !== undefined) return own[name]
        return kept.has(name) ? kept.get(name) : Reflect.get(prototype, name, front)
      },
      set: (value: unknown) => {
        const own = ownOf(front)
        if (own === undefined) kept.set(name, value)
        else Reflect.set(own, name, value)
      },
      enumerable: true,
      configurable: true,
    })
  }
}

function ownOf(front: Context): Context | undefined {
  const behind = running.getStore()
  return behind?.front === front ? behind.own : undefined
}
