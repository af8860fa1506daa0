import { Redis } from 'ioredis'

/**
 * Cuts every subscriber's connection, once: a proxy's idle timeout, a failover, a client whose output buffer was full. All
 * of them are back within a blink; what was published meanwhile they never hear.
 */
export async function killSubscribers(url: string): Promise<number> {
  const client = new Redis(url)
  try {
    return Number(await client.client('KILL', 'TYPE', 'pubsub'))
  } finally {
    client.disconnect()
  }
}
