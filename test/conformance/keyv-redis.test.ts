import { afterAll, beforeAll } from 'vitest'
import { type Cache, createCache } from '../../src/index.js'
import { PATIENT } from '../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'
import { describeKeyv } from './keyv-suite.js'

describeRedis('Keyv on Redis', () => {
  let server: RedisServer
  let both: Cache
  let redisAlone: Cache

  beforeAll(async () => {
    server = await startRedis()
    const redis = { url: server.url, ...PATIENT }
    both = createCache({ namespace: 'keyv-both', redis })
    redisAlone = createCache({ namespace: 'keyv-redis', redis, memory: false })
  }, 60_000)

  afterAll(async () => {
    await both.close()
    await redisAlone.close()
    await server.close()
  })

  describeKeyv('memory and Redis', () => both)
  describeKeyv('Redis alone', () => redisAlone)
})
