import { EventEmitter } from 'node:events'
import { methodNow, values } from './overlay.js'

type Listener = (...args: unknown[]) => void

/**
 * Two sides of one emitter. Who listened before a handler ran hears of the client (access logs); who begins to listen while
 * it runs is the handler's side, and hears what the cache does with what it makes: others may be waiting for that when the
 * client has long gone.
 */
export class HandlerEvents {
  readonly emitter: EventEmitter = new EventEmitter()
  readonly #target: EventEmitter
  readonly #names: ReadonlySet<string>
  readonly #aside: (emit: () => boolean) => boolean

  /** `names`: the events that have two sides. `aside` surrounds what the other side is told. */
  constructor(
    target: EventEmitter,
    names: readonly string[],
    aside: (emit: () => boolean) => boolean = (emit) => emit(),
  ) {
    this.#target = target
    this.#names = new Set(names)
    this.#aside = aside
    this.emitter.setMaxListeners(0)
  }

  /** To be laid over the emitter. */
  properties(): PropertyDescriptorMap {
    const target = this.#target
    const emit = methodNow(target, 'emit')
    const listenerCount = methodNow(target, 'listenerCount')
    const properties: Record<string, unknown> = {
      emit: (name: string, ...args: unknown[]): boolean =>
        FROM_STREAMS.has(name) && this.#names.has(name)
          ? this.emitter.emit(name, ...args)
          : this.#aside(() => emit(name, ...args)),
      listenerCount: (name: string): number =>
        listenerCount(name) + this.emitter.listenerCount(name),
    }
    for (const word of ADDING) properties[word] = this.#either(word)
    for (const word of REMOVING) properties[word] = this.#both(word)
    return values(properties)
  }

  #either(word: (typeof ADDING)[number]): unknown {
    const original = methodNow(this.#target, word)
    return (name: string, listener: Listener): EventEmitter => {
      if (this.#names.has(name)) this.emitter[word](name, listener)
      else original(name, listener)
      return this.#target
    }
  }

  #both(word: (typeof REMOVING)[number]): unknown {
    const original = methodNow(this.#target, word)
    return (name: string, listener: Listener): EventEmitter => {
      this.emitter[word](name, listener)
      original(name, listener)
      return this.#target
    }
  }
}

const ADDING = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const
const REMOVING = ['off', 'removeListener'] as const

/** Emitted on a destination by the streams that are piped into it. */
const FROM_STREAMS: ReadonlySet<string> = new Set(['pipe', 'unpipe'])
