import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'

/**
 * The socket of a response as the handler's side sees it: open as long as somebody wants what it makes. Libraries listen here
 * for the end of a response (`on-finished`), and stop sending a file when the client that asked for it first has gone.
 */
export function handlerSocket(
  socket: Socket,
  events: EventEmitter,
  destroy: (error?: unknown) => void,
): Socket {
  return withOwn(socket, events, {
    destroyed: false,
    closed: false,
    writable: true,
    destroy,
    destroySoon: destroy,
  })
}

/** As a request's: what it says of itself is true, but its end is told only when nobody waits. */
export function quietSocket(socket: Socket, events: EventEmitter): Socket {
  return withOwn(socket, events, {})
}

function withOwn(
  socket: Socket,
  events: EventEmitter,
  properties: Readonly<Record<string, unknown>>,
): Socket {
  const own: Record<PropertyKey, unknown> = { ...properties }
  for (const word of WORDS) own[word] = events[word].bind(events)
  return new Proxy(socket, {
    get: (target, name) => {
      if (Object.hasOwn(own, name)) return own[name]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  })
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
