import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Fields } from '../http/fields.js'
import { HandlerEvents } from './handler-events.js'
import { handlerSocket } from './handler-socket.js'
import { methodNow, Overlay, type Shadow, ShadowedFields, values } from './overlay.js'
import { headersSentError, setFields } from './written-head.js'

/** What a handler does with its response, when that is not sent. */
export interface Writing {
  readonly writeHead: (status: number, ...rest: unknown[]) => ServerResponse
  readonly flushHeaders: () => void
  readonly write: (chunk: unknown, ...rest: unknown[]) => boolean
  readonly end: (...args: unknown[]) => ServerResponse
  readonly destroy: (error?: unknown) => ServerResponse
  readonly isHeadOut: () => boolean
  /** Nothing more will come of the handler. */
  readonly isEnded: () => boolean
  /** It has ended its response itself. */
  readonly isWhole: () => boolean
}

/** Where a handler begins. */
export interface Setting {
  /** What was set before it ran. */
  readonly before: Fields
  readonly status?: number
  /** Runs something for which the request, too, is to be the real one. */
  readonly aside: (run: () => void) => void
}

/**
 * The response object as a handler's side sees it, laid over the real one: with fields, a status, events and a socket of its
 * own, for the real one may be answered long before the handler comes to an end (a stale response), and its client may have
 * gone while others wait. Whoever stood there before the handler sees the real one, whenever it is told something.
 */
export class HandlerResponse {
  /** Fields and status as the handler sets them. */
  readonly draft: ServerResponse
  readonly events: HandlerEvents
  readonly #res: ServerResponse
  readonly #aside: (run: () => void) => void
  readonly #overlays: readonly { remove(): void }[]
  #isAside = false

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    writing: Writing,
    { before, status = 200, aside }: Setting,
  ) {
    this.#res = res
    this.#aside = aside
    this.draft = new ServerResponse(req)
    setFields(this.draft, before)
    this.draft.statusCode = status
    this.events = new HandlerEvents(res, EVENTS, (emit) => this.aside(emit))
    this.#overlays = [
      new Overlay(res, this.#properties(writing)),
      new ShadowedFields(res, this.#fields(writing)),
    ]
  }

  /** Runs what concerns the real response. */
  aside<T>(run: () => T): T {
    if (this.#isAside) return run()
    let result!: T
    this.#isAside = true
    try {
      this.#aside(() => {
        result = run()
      })
      return result
    } finally {
      this.#isAside = false
    }
  }

  remove(): void {
    for (const overlay of this.#overlays.toReversed()) overlay.remove()
  }

  #properties(writing: Writing): PropertyDescriptorMap {
    const { writeHead, flushHeaders, write, end, destroy } = writing
    const ours = { writeHead, flushHeaders, write, end, destroy, ...OF_ONE_CONNECTION }
    const properties: Record<string, unknown> = {}
    for (const [name, method] of Object.entries(ours)) {
      properties[name] = this.#either(name as keyof typeof ours, method as Method)
    }
    for (const name of READING) properties[name] = this.#either(name, methodOf(this.draft, name))
    for (const name of CHANGING) {
      const change = methodOf(this.draft, name)
      properties[name] = this.#either(name, (...args) => {
        if (writing.isHeadOut()) throw headersSentError(DOING[name])
        const result = change(...args)
        return result === this.draft ? this.#res : result
      })
    }
    return {
      ...values(properties),
      ...this.events.properties(),
      headersSent: this.#getter('headersSent', writing.isHeadOut),
      writableEnded: this.#getter('writableEnded', writing.isWhole),
      writableFinished: this.#getter('writableFinished', writing.isWhole),
    }
  }

  #fields({ isEnded, destroy }: Writing): Readonly<Record<string, Shadow>> {
    const isReal = (): boolean => this.#isAside || isEnded()
    const untilEnded = (shown: unknown): Shadow => ({ get: (kept) => (isReal() ? kept : shown) })
    const drafted = (name: 'statusCode' | 'statusMessage'): Shadow => ({
      get: (kept) => (this.#isAside ? kept : this.draft[name]),
      set: (value) => !this.#isAside && Reflect.set(this.draft, name, value),
    })
    const { emitter } = this.events
    const sockets = new WeakMap<Socket, Socket>()
    const open = (socket: Socket): Socket => {
      const shown = sockets.get(socket) ?? handlerSocket(socket, emitter, destroy)
      sockets.set(socket, shown)
      return shown
    }
    return {
      finished: untilEnded(false),
      destroyed: untilEnded(false),
      _closed: untilEnded(false),
      socket: { get: (kept) => (kept === null || isReal() ? kept : open(kept as Socket)) },
      statusCode: drafted('statusCode'),
      statusMessage: drafted('statusMessage'),
    }
  }

  #either(name: keyof ServerResponse, method: Method): Method {
    const original = methodOf(this.#res, name)
    return (...args) => (this.#isAside ? original(...args) : method(...args))
  }

  #getter(name: keyof ServerResponse, shown: () => unknown): PropertyDescriptor {
    const get = (): unknown =>
      this.#isAside ? Reflect.get(ServerResponse.prototype, name, this.#res) : shown()
    return { get, configurable: true }
  }
}

type Method = (...args: unknown[]) => unknown

function methodOf(target: ServerResponse, name: keyof ServerResponse): Method {
  return methodNow(target, name) as Method
}

/** Events that the handler's side hears of its own. */
const EVENTS = ['drain', 'prefinish', 'finish', 'close', 'error', 'pipe', 'unpipe'] as const

const READING = ['getHeader', 'getHeaders', 'getHeaderNames', 'hasHeader'] as const
const CHANGING = ['setHeader', 'appendHeader', 'removeHeader'] as const

const DOING = { setHeader: 'set', appendHeader: 'append', removeHeader: 'remove' } as const

/** They end with one connection, where nothing can be stored. */
const OF_ONE_CONNECTION = {
  addTrailers: () => undefined,
  cork: () => undefined,
  uncork: () => undefined,
}
