import { Buffer } from 'node:buffer'
import type { EventEmitter } from 'node:events'
import type { Reply } from '../redis/reply.js'
import type { SentCommand } from './sent-command.js'

/** Pushes of a subscribed connection: acknowledgements settle their command, messages become events. */
export class Subscriptions {
  /** Channels of this connection, as acknowledged. */
  readonly channels: Set<string> = new Set()
  readonly #emitter: EventEmitter

  constructor(emitter: EventEmitter) {
    this.#emitter = emitter
  }

  /** Whether the reply was a push. `waiting`: the command that is to be answered next. */
  take(reply: Reply, waiting: SentCommand | undefined): 'none' | 'message' | 'ack' | 'last ack' {
    if (!Array.isArray(reply)) return 'none'
    const [kind, channel, body] = reply as readonly Reply[]
    if (!Buffer.isBuffer(kind)) return 'none'
    const name = kind.toString()
    if (name === 'message' && Buffer.isBuffer(channel)) {
      // of tracking: an array of keys, or null; ioredis joins them with commas, and so does this
      const text = Array.isArray(body) ? body.join() : Buffer.isBuffer(body) ? body.toString() : ''
      this.#emitter.emit('message', channel.toString(), text)
      this.#emitter.emit('messageBuffer', channel, body)
      return 'message'
    }
    if (waiting === undefined || waiting.name !== name) return 'none'
    if (Buffer.isBuffer(channel)) {
      if (name === 'subscribe') this.channels.add(channel.toString())
      else this.channels.delete(channel.toString())
    }
    waiting.awaited -= 1
    if (waiting.awaited > 0) return 'ack'
    waiting.resolve(body)
    return 'last ack'
  }
}
