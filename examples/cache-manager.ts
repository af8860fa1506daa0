// cache-manager: its functions over a cache in two tiers; a value deleted while it is loaded is not kept.
//   npx tsx examples/cache-manager.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from 'strata-cache'
import { createCacheManager } from 'strata-cache/cache-manager'

// with redis: 'redis://127.0.0.1:6379' one load serves all processes
const cache = createCache({ namespace: 'shop' })
const manager = createCacheManager(cache, { ttl: '5m', refreshThreshold: '1m' })

let queries = 0
let price = 120
const query = async () => {
  queries++
  const read = price
  await sleep(20) // your database
  return read
}

await Promise.all(Array.from({ length: 100 }, () => manager.wrap('apple', query)))
console.log(`100 calls of wrap, queries: ${queries}`)

// the price changes while it is being read: the old one is not kept
await manager.del('apple')
const reading = manager.wrap('apple', query)
await sleep(10)
price = 130
await manager.del('apple')
console.log('read before the change:', await reading)
console.log('kept:', await manager.get('apple'), '- then', await manager.wrap('apple', query))

manager.on('refresh', ({ key, value }) => console.log('brought up to date behind:', key, value))
price = 140
await manager.set('apple', 130, 30_000) // less than refreshThreshold is left of it
console.log('served at once:', await manager.wrap('apple', query))
await new Promise((resolve) => manager.on('refresh', resolve))

await manager.disconnect()
