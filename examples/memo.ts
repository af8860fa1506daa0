// Memo: the results of a synchronous function, kept in memory, bounded and with a ttl.
//   npx tsx examples/memo.ts
import { createCache } from 'strata-cache'

const cache = createCache({ namespace: 'memo', memory: { maxEntries: 1_000 } })

let computed = 0
function route(from: string, to: string) {
  computed++
  return { from, to, kilometres: 100 * (from.length + to.length) }
}

// The key is said, never guessed: what the result depends on, and nothing else.
const cachedRoute = cache.memo(route, {
  key: (from, to) => JSON.stringify([from, to]),
  ttl: '10m',
  tags: ['map'],
})

for (let n = 0; n < 1_000; n++) cachedRoute('Oslo', n % 2 ? 'Rome' : 'Bern')
console.log(`1,000 calls, computed: ${computed}`)

await cache.invalidateTags('map')
console.log(`${cachedRoute('Oslo', 'Rome').kilometres} km after a new map, computed: ${computed}`)

await cache.close()
