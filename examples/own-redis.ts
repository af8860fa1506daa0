// Own connection: the cache uses a Redis client of yours beside your application, and never closes it.
//   npx tsx examples/own-redis.ts
// Needs a Redis: REDIS_URL, or redis://127.0.0.1:6379.
import { Redis } from 'ioredis'
import { createCache } from 'strata-cache'

const client = new Redis(process.env['REDIS_URL'] || 'redis://127.0.0.1:6379')
client.on('error', () => {}) // the cache says below what is wrong

// or `redis: client` alone; patient, for a machine that is busy
const patience = { timeout: '1s', connectTimeout: '5s' } as const
const cache = createCache({ namespace: 'own-redis', redis: { client, ...patience } })
const { redis, reason } = await cache.ready()
if (redis !== 'ready') {
  console.error(`no Redis: ${reason}; start one, or set REDIS_URL`)
  process.exit(1)
}

const greeting = await cache.get('greeting', () => 'hello')
console.log(`cache: ${greeting}`)
await client.set('own-redis-example:visits', 41, 'EX', 60) // your own keys, by your own commands
console.log(`application: ${await client.incr('own-redis-example:visits')} visits`)

await cache.close()
console.log(`after the cache is closed: ${client.status}, ${await client.ping()}`)
await client.quit()
