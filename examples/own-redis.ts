// A Redis connection that the application has already: shared, and never closed by the cache.
//   npx tsx examples/own-redis.ts      (REDIS_URL, or a redis-server of its own)
import { Redis } from 'ioredis'
import { createCache } from 'strata-cache'
import { openRedis } from './demo/redis-server.js'

const server = await openRedis()
if (!server) {
  console.log('own redis: none here; set REDIS_URL or install redis-server')
  process.exit(0)
}
const client = new Redis(server.url)

const first = createCache({ namespace: 'own', redis: { client, timeout: '50ms' } })
// Another process would do this; what the first one has loaded it finds in Redis.
const second = createCache({ namespace: 'own', redis: client })
console.log('ready:', await first.ready(), await second.ready())

await first.clear()
const load = () => ({ loadedAt: new Date() })
console.log('first: ', (await first.read('k', load)).tier)
console.log('second:', (await second.read('k', load)).tier)
console.log('second:', (await second.read('k', load)).tier)
await first.close()
await second.close()

console.log(`own redis after close: ${client.status}, ${await client.ping()}`)
await client.quit()
await server.close()
