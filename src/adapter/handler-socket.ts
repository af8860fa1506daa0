import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The socket of a response as the handler's side sees it: open as long as somebody wants what it makes. Libraries listen here
 * for the end of a response (`on-finished`), and stop sending a file when the client that asked for it first has gone.
 */
export class HandlerSocket {
  readonly #res: ServerResponse
  readonly #own: Readonly<Record<PropertyKey, unknown>>
  #real: Socket | null = null
  #shown: Socket | null = null
  #isShown = false

  constructor(res: ServerResponse, events: EventEmitter, destroy: (error?: unknown) => void) {
    this.#res = res
    const own: Record<PropertyKey, unknown> = {
      destroyed: false,
      closed: false,
      writable: true,
      destroy,
      destroySoon: destroy,
    }
    for (const word of WORDS) own[word] = events[word].bind(events)
    this.#own = own
  }

  show(): void {
    if (this.#isShown) return
    this.#isShown = true
    this.#become(this.#res.socket)
    Object.defineProperty(this.#res, 'socket', {
      get: () => this.#shown,
      // node:http: a pipelined response gets its turn, or ends
      set: (socket: Socket | null) => {
        this.#become(socket)
      },
      enumerable: true,
      configurable: true,
    })
  }

  /** While node:http writes, it needs the real one. */
  hide(): void {
    if (!this.#isShown) return
    this.#isShown = false
    const value = this.#real
    Object.defineProperty(this.#res, 'socket', {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }

  #become(socket: Socket | null): void {
    this.#real = socket
    this.#shown = socket === null ? null : this.#over(socket)
  }

  #over(socket: Socket): Socket {
    return new Proxy(socket, {
      get: (target, name) => {
        if (Object.hasOwn(this.#own, name)) return this.#own[name]
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    })
  }
}

const WORDS = [
  'on',
  'addListener',
  'once',
  'prependListener',
  'prependOnceListener',
  'off',
  'removeListener',
  'listenerCount',
  'listeners',
] as const
