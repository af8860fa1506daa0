import type { CommandClient } from './redis-client.js'

const quiet = new WeakSet<CommandClient>()

/**
 * The Cluster of ioredis (5 and 6) sends ASKING and forgets the reply: when the connection is lost before that comes, as it
 * often is with a master that imports its first slot, the rejection is handled by nobody and ends the process. The command
 * behind it fails by itself, and is sent again.
 */
export function quietAsking(node: CommandClient): void {
  if (quiet.has(node) || node.asking === undefined) return
  quiet.add(node)
  const asking = node.asking.bind(node)
  node.asking = (): Promise<unknown> => {
    const reply = asking()
    reply.catch(() => {}) // see above
    return reply
  }
}
