import type { Reply } from '../redis/reply.js'
import type { ServerConnection } from '../redis/server-connection.js'
import type { Host, SocketHome } from './network-parts.js'
import { Wire } from './wire.js'

export interface SocketEvents {
  open(): void
  reply(reply: Reply): void
  /** Once, and nothing afterwards. */
  close(error: Error | undefined): void
}

interface SocketParts {
  readonly id: number
  readonly host: Host
  readonly events: SocketEvents
  readonly network: SocketHome
}

/** A TCP connection to the simulated Redis, the client's end of it; the server's is inside. */
export class Socket {
  readonly host: Host
  readonly #parts: SocketParts
  readonly #requests: Wire<readonly Buffer[]>
  readonly #replies: Wire<Reply>
  readonly #server: ServerConnection
  #isServed = false
  #isOver = false

  constructor(parts: SocketParts) {
    const { id, host, network } = parts
    const { scheduler, redis } = network.parts
    this.#parts = parts
    this.host = host
    const delay = (): number => network.delay()
    this.#requests = new Wire({
      scheduler,
      receiver: undefined,
      delay,
      deliver: (words) => {
        if (this.#isServed) network.serve(this.#server, words)
      },
      end: () => {
        this.#leave()
        network.forget(this)
      },
    })
    this.#replies = new Wire({
      scheduler,
      receiver: host,
      delay,
      deliver: (reply) => parts.events.reply(reply),
      end: () => this.#closed(undefined),
    })
    this.#server = {
      id,
      name: `${host.name}#${id}`,
      channels: new Set(),
      send: (reply) => {
        if (redis.connections.has(this.#server)) this.#replies.send(reply)
      },
      close: () => {
        this.#leave()
        this.#replies.finish()
      },
    }
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get channels(): ReadonlySet<string> {
    return this.#server.channels
  }

  open(): void {
    this.#isServed = true
    this.#parts.network.parts.redis.connections.add(this.#server)
    this.#parts.events.open()
  }

  fail(error: Error): void {
    this.#closed(error)
  }

  send(words: readonly Buffer[]): void {
    if (!this.#isOver) this.#requests.send(words)
  }

  /** The client's side ends it: what it sent still arrives, it hears nothing more. */
  destroy(): void {
    if (this.#isOver) return
    this.#requests.finish()
    this.#replies.deafen()
    this.#parts.network.parts.scheduler.after(0, () => this.#closed(undefined), this.host)
  }

  /** Somebody between them ends it. What is on the way to the server may still arrive there, or not. */
  cut(lose: { readonly requests: boolean; readonly replies: boolean }): void {
    if (lose.requests) this.#requests.reset()
    else this.#requests.finish()
    if (lose.replies) this.#replies.reset()
    else this.#replies.finish()
  }

  /** The host has died without a word: the server keeps the connection, which nobody answers on. */
  abandon(): void {
    this.#replies.deafen()
    this.#isOver = true
  }

  /** Half-open: neither side hears the other, neither is told. */
  hold(direction: 'requests' | 'replies' | 'both'): void {
    if (direction !== 'replies') this.#requests.hold()
    if (direction !== 'requests') this.#replies.hold()
  }

  release(): void {
    this.#requests.release()
    this.#replies.release()
  }

  slow(ms: number): void {
    this.#requests.extraDelay = ms
    this.#replies.extraDelay = ms
  }

  /** The server forgets the connection. */
  #leave(): void {
    const { redis } = this.#parts.network.parts
    this.#isServed = false
    redis.pubSub.leave(this.#server)
    redis.tracking.leave(this.#server)
    redis.connections.delete(this.#server)
  }

  #closed(error: Error | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#requests.finish()
    this.#parts.events.close(error)
  }
}
