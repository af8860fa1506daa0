import type { Cache } from '../../src/index.js'
import { formatMessage } from '../../src/bus/message.js'
import { type RedisServer, until } from './redis-server.js'

/** Resolves when what is in this cache's memory is trusted. */
export async function coherent(cache: Cache, ms?: number): Promise<void> {
  await until(() => cache.stats().bus.coherent, ms)
}

/** Resolves when it is not. */
export async function blind(cache: Cache, ms?: number): Promise<void> {
  await until(() => !cache.stats().bus.coherent, ms)
}

/**
 * Cuts all connections on which invalidations are heard, and deletes a key at the same moment as another process would:
 * nobody hears of it.
 */
export async function deleteUnheard(
  server: RedisServer,
  namespace: string,
  key: string,
): Promise<void> {
  const message = { kind: 'remove', keys: [key] } as const
  const script = `
    redis.call('DEL', KEYS[1])
    redis.call('PUBLISH', 's1:${namespace}:inv', ARGV[1])`
  const heard = formatMessage({ instance: 'another', namespace, message })
  await transaction(server, [
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ['EVAL', script, '1', `s1:${namespace}:e:{${key}}`, heard],
  ])
}

async function transaction(
  server: RedisServer,
  commands: readonly (readonly string[])[],
): Promise<void> {
  const { Redis } = await import('ioredis')
  const client = new Redis(server.port, '127.0.0.1')
  try {
    const multi = client.multi()
    for (const [name = '', ...args] of commands) multi.call(name, ...args)
    for (const [error] of (await multi.exec()) ?? []) if (error !== null) throw error
  } finally {
    client.disconnect()
  }
}
