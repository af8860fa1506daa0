// The whole idea: ask the cache, say how the value is made, name what it depends on.
//   npx tsx examples/basic.ts      (REDIS_URL, or a redis-server of its own; without both it runs on memory alone)
import { createCache } from 'strata-cache'
import { openRedis } from './demo/redis-server.js'

const redis = await openRedis()
const cache = createCache({
  namespace: 'basic',
  ttl: '5m', // fresh for five minutes
  grace: '1h', // for an hour more, better a stale value than none
  ...(redis && { redis: redis.url }),
})

let queries = 0
const popularPosts = async () => {
  queries++
  return [{ id: 1, title: 'How we moved billing to queues' }]
}
const popular = () => cache.read('popular', popularPosts, { ttl: '1m', tags: ['posts'] })

for (const moment of ['first', 'again', 'after the invalidation']) {
  if (moment === 'after the invalidation') await cache.invalidateTags('posts')
  // read() is get() that also tells what happened; get() returns the value alone.
  const { value, outcome, tier } = await popular()
  console.log(`${moment}: ${outcome} from ${tier}, "${value[0]?.title}"`)
}
console.log(`queries: ${queries}`)

await cache.delete('popular')
console.log('without a loader, nothing there:', await cache.get('popular'))

await cache.close()
await redis?.close()
