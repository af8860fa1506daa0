// Read-through: ask the cache and say how the value is made; it is made once, however many ask.
//   npx tsx examples/read-through.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from 'strata-cache'

let queries = 0
async function popularPosts() {
  queries++
  await sleep(50) // the database
  return [{ id: 1, title: 'How we moved billing to queues' }]
}

const cache = createCache({ namespace: 'read-through', ttl: '5m' }) // with `redis`: see two-tiers.ts
const popular = () => cache.get('popular', popularPosts)

await Promise.all(Array.from({ length: 1_000 }, popular))
console.log(`1,000 calls at once, queries: ${queries}`)

const posts = await popular()
console.log(`again: "${posts[0]?.title}", queries: ${queries}`)

await cache.delete('popular') // the posts have changed
await popular()
console.log(`after the delete, queries: ${queries}`)

// read() is get() that also tells what happened.
const { outcome, tier } = await cache.read('popular', popularPosts)
console.log(`read: ${outcome} from ${tier}`)
console.log('nothing there, and no loader:', await cache.get('unpopular'))

await cache.close()
