import type { Reply } from '../redis/reply.js'
import type { ServerConnection } from '../redis/server-connection.js'
import type { Host, NetworkParts, SocketHome } from './network-parts.js'
import { Socket, type SocketEvents } from './socket.js'

/** Connects simulated processes with the simulated Redis. */
export class Network implements SocketHome {
  readonly parts: NetworkParts
  /** The name under which it is dialled, where there are several servers. */
  readonly host: string
  readonly #sockets = new Set<Socket>()
  #dialled = 0
  /** Nobody listens: dials are refused. */
  isDown = false
  #isFrozen = false

  constructor(parts: NetworkParts, host = 'localhost') {
    this.parts = parts
    this.host = host
  }

  /** Those of a host, all without one, as far as they are still in use. */
  sockets(host?: Host): Socket[] {
    return [...this.#sockets].filter(
      (socket) => !socket.isOver && (host === undefined || socket.host === host),
    )
  }

  /** Connects; `events.open` or `events.close` follows. */
  dial(host: Host, events: SocketEvents): Socket {
    const id = ++this.#dialled
    const socket = new Socket({ id, host, events, network: this })
    this.#sockets.add(socket)
    const { scheduler } = this.parts
    scheduler.after(this.delay() * 2, () => this.#answer(socket), host)
    return socket
  }

  /** The server is stopped: its kernel accepts connections and what they send, nobody answers. */
  freeze(): void {
    this.#isFrozen = true
    for (const socket of this.#sockets) socket.hold('requests')
  }

  thaw(): void {
    this.#isFrozen = false
    for (const socket of this.#sockets) socket.release()
  }

  forget(socket: object): void {
    this.#sockets.delete(socket as Socket)
  }

  delay(): number {
    const { dice, delays } = this.parts
    return dice.chance(0.9) ? dice.next() * delays[0] : dice.next() * delays[1]
  }

  /** A request has arrived. */
  serve(connection: ServerConnection, words: readonly Buffer[]): void {
    const { redis, trace, scheduler } = this.parts
    const reply = redis.execute(connection, words)
    trace.add(scheduler.now, `${connection.name} ${described(words)} -> ${shown(reply)}`)
    if (reply !== undefined) connection.send(reply)
  }

  #answer(socket: Socket): void {
    if (socket.isOver) return
    if (this.isDown) socket.fail(new Error('connect ECONNREFUSED'))
    else socket.open()
    if (this.#isFrozen) socket.hold('requests')
  }
}

/** Command and first key: enough to tell two runs apart. */
function described(words: readonly Buffer[]): string {
  const name = words[0]!.toString('latin1').toLowerCase()
  const isScript = name === 'eval' || name === 'evalsha'
  const key = isScript ? words[3] : words[1]
  return `${name} ${key?.toString('latin1').slice(0, 80) ?? ''} ${words.length}`
}

function shown(reply: Reply | undefined): string {
  if (reply === undefined || reply === null) return 'nil'
  if (typeof reply === 'number') return `${reply}`
  if (Buffer.isBuffer(reply)) return `bytes ${reply.length}`
  if ('text' in reply) return reply.text
  if ('message' in reply) return reply.message.slice(0, 40)
  return `[${reply.map((part) => (part === null ? 'nil' : 'some')).join(' ')}]`
}
