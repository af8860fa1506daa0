import { cpus } from 'node:os'
import { Redis } from 'ioredis'
import type { Parts } from '../parts.js'

/** What the numbers were measured on, in one line. */
export async function machineLine({
  database,
  redis,
}: Pick<Parts, 'database' | 'redis'>): Promise<string> {
  const processors = cpus()
  return [
    `${processors.length} cores of ${processors[0]?.model ?? 'an unknown processor'}`,
    `Node ${process.versions.node}`,
    database.name,
    redis ? `Redis ${await versionOf(redis.url)}` : 'no Redis',
  ].join(', ')
}

async function versionOf(url: string): Promise<string> {
  const client = new Redis(url)
  try {
    return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'of an unknown version'
  } finally {
    client.disconnect()
  }
}
