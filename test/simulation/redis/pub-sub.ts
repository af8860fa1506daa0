import type { ServerConnection } from './server-connection.js'

/** Who listens to which channel. */
export class PubSub {
  readonly #listeners = new Map<string, Set<ServerConnection>>()

  /** How many it was sent to. */
  publish(channel: Buffer, message: Buffer): number {
    const listeners = this.#listeners.get(channel.toString('latin1')) ?? new Set()
    for (const connection of listeners) {
      connection.send([Buffer.from('message'), channel, message])
    }
    return listeners.size
  }

  subscribe(connection: ServerConnection, channel: string): void {
    connection.channels.add(channel)
    const listeners = this.#listeners.get(channel) ?? new Set()
    this.#listeners.set(channel, listeners.add(connection))
  }

  unsubscribe(connection: ServerConnection, channel: string): void {
    connection.channels.delete(channel)
    this.#listeners.get(channel)?.delete(connection)
  }

  leave(connection: ServerConnection): void {
    for (const channel of connection.channels) this.unsubscribe(connection, channel)
  }

  clear(): void {
    this.#listeners.clear()
  }
}
