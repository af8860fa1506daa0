// Keyv: a store over a cache in two tiers; code that has a Keyv, or takes one, needs no other change.
//   npx tsx examples/keyv.ts
import { Keyv } from 'keyv'
import { createCache } from 'strata-cache'
import { createKeyvStore } from 'strata-cache/keyv'

// with redis: 'redis://127.0.0.1:6379' all processes share what is set
const cache = createCache({ namespace: 'shop', ttl: '1h' })

const sessions = new Keyv({ store: createKeyvStore(cache), namespace: 'sessions', ttl: 60_000 })
const prices = new Keyv({ store: createKeyvStore(cache), namespace: 'prices' })

await sessions.set('7', { user: 'Ada' })
await prices.setMany([
  { key: 'apple', value: 120 },
  { key: 'pear', value: 150, ttl: 5_000 },
])
console.log('session:', await sessions.get('7'))
console.log('prices:', await prices.getMany(['apple', 'pear', 'plum']))
console.log('deleted:', await prices.delete('pear'), await prices.delete('pear'))

// a namespace of Keyv is one of the cache: it can be looked into, and ends alone
const { why } = await cache.namespace('prices').inspect('prices:plum')
console.log(why[0])
await prices.clear()
console.log('after clear:', await prices.get('apple'), await sessions.get('7'))

await sessions.disconnect()
