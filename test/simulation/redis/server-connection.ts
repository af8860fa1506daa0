import type { Reply } from './reply.js'

/** A connection as the server sees it. */
export interface ServerConnection {
  readonly id: number
  name: string
  /** Channels it listens to; with one, few commands are allowed. */
  readonly channels: Set<string>
  /** Replies and pushes, in the order in which they are to arrive. */
  send(reply: Reply): void
  /** The server's side ends it. */
  close(): void
}
