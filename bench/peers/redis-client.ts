import type { Redis } from 'ioredis'
import type { Setup } from './peer.js'

/** An ioredis connection for the peers that are given one, as documented, or impatient if the setup says so. */
export async function connectRedis(setup: Setup): Promise<Redis> {
  const { Redis } = await import('ioredis')
  const { port, patience } = setup
  const redis = new Redis(
    patience === undefined
      ? { host: '127.0.0.1', port }
      : {
          host: '127.0.0.1',
          port,
          commandTimeout: patience,
          maxRetriesPerRequest: 0,
          enableOfflineQueue: false,
        },
  )
  redis.on('error', ignore)
  await new Promise((resolve) => redis.once('ready', resolve))
  return redis
}

/**
 * The same for the peers that stand on @keyv/redis, that is on node-redis. Its only bound of a command, `timeout`, ends the
 * wait to be written; of one that is written and gets no reply it knows none.
 */
export async function createKeyvRedis(
  setup: Setup,
): Promise<import('@keyv/redis').default<unknown>> {
  const { default: KeyvRedis } = await import('@keyv/redis')
  const url = `redis://127.0.0.1:${setup.port}`
  const store = new KeyvRedis<unknown>(
    setup.patience === undefined
      ? url
      : { url, commandOptions: { timeout: setup.patience }, disableOfflineQueue: true },
  )
  store.on('error', ignore)
  await store.getClient()
  return store
}

/** A client without an error listener ends the process when Redis goes away. */
function ignore(): void {}
