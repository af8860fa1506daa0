import type { Redis } from 'ioredis'

/** Counts the commands that a Redis ran, those inside scripts too; not those of whoever counts. */
export interface RedisCounter {
  count(): Promise<number>
  close(): void
}

const UNCOUNTED: ReadonlySet<string> = new Set([
  'info',
  'hello',
  'client',
  'config',
  'command',
  'select',
])

export async function createRedisCounter(port: number): Promise<RedisCounter> {
  const { Redis } = await import('ioredis')
  const redis: Redis = new Redis({ host: '127.0.0.1', port })
  return {
    count: async () => {
      const text = await redis.info('commandstats')
      let total = 0
      for (const [, name = '', calls] of text.matchAll(/^cmdstat_([^|:]+)[^:]*:calls=(\d+)/gm)) {
        if (!UNCOUNTED.has(name)) total += Number(calls)
      }
      return total
    },
    close: () => redis.disconnect(),
  }
}
