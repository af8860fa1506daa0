// Get many: what is in the cache comes from the cache, the rest from one load.
//   npx tsx examples/get-many.ts
import { createCache } from 'strata-cache'

const prices = new Map([
  ['apple', 120],
  ['pear', 150],
  ['plum', 90],
])
const cache = createCache({ namespace: 'many' })

async function pricesOf(names: readonly string[]) {
  const found = await cache.getMany(names, {
    key: (name) => `price:${name}`,
    load: (missing) => {
      console.log(`  loading ${missing.join(', ')}`)
      // Rows (with `by`), a Map, or an array in the order of the ids. Here a Map without what does not exist.
      return new Map(
        missing.filter((name) => prices.has(name)).map((name) => [name, prices.get(name)!]),
      )
    },
    negative: true, // remember also that there is none
    ttl: '1m',
  })
  console.log([...found].map(([name, price]) => `${name} ${price}`).join(', '))
}

await pricesOf(['apple', 'pear'])
await pricesOf(['apple', 'plum', 'melon', 'plum'])
await pricesOf(['apple', 'pear', 'plum', 'melon'])

await cache.close()
