import type { Reply } from './reply.js'
import type { ServerConnection } from './server-connection.js'

/** Where a connection in broadcast mode is told of changed keys, and of which. */
interface Broadcast {
  /** Id of the connection to tell. */
  readonly target: number
  readonly prefixes: readonly string[]
}

const CHANNEL = '__redis__:invalidate'

/** Client-side caching, as far as RESP2 has it: broadcast mode, redirected to a connection that is subscribed. */
export class Tracking {
  readonly #broadcasts = new Map<ServerConnection, Broadcast>()
  /** Names of keys (latin1) changed since the last time somebody was told. */
  readonly #touched = new Set<string>()
  #isFlushed = false

  track(connection: ServerConnection, broadcast: Broadcast): void {
    this.#broadcasts.set(connection, broadcast)
  }

  leave(connection: ServerConnection): void {
    this.#broadcasts.delete(connection)
  }

  touch(key: string): void {
    if (this.#broadcasts.size > 0) this.#touched.add(key)
  }

  flushed(): void {
    this.#isFlushed = true
  }

  clear(): void {
    this.#broadcasts.clear()
    this.#touched.clear()
  }

  /** At the end of a turn of the server: each key once, in no order to be relied on. */
  tell(connections: ReadonlySet<ServerConnection>): void {
    if (this.#touched.size === 0 && !this.#isFlushed) return
    const touched = [...this.#touched].sort()
    for (const [connection, { target, prefixes }] of this.#broadcasts) {
      if (!connections.has(connection)) this.#broadcasts.delete(connection)
      const told = [...connections].find(({ id }) => id === target)
      if (told?.channels.has(CHANNEL) !== true) continue
      if (this.#isFlushed) push(told, null)
      const keys = touched.filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
      if (keys.length > 0) {
        push(
          told,
          keys.map((key) => Buffer.from(key, 'latin1')),
        )
      }
    }
    this.#touched.clear()
    this.#isFlushed = false
  }
}

function push(connection: ServerConnection, keys: Reply): void {
  connection.send([Buffer.from('message'), Buffer.from(CHANNEL), keys])
}
