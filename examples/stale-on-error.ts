// Stale on error: when the database fails or is slow, the last good value is served, and each read says so.
//   npx tsx examples/stale-on-error.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from 'strata-cache'

let database: 'well' | 'slow' | 'down' = 'well'
let queries = 0
async function loadPrice() {
  queries++
  if (database === 'down') throw new Error('the database is down')
  if (database === 'slow') await sleep(1_000)
  return 100 + queries
}

const cache = createCache({
  namespace: 'stale-on-error',
  ttl: '1m', // fresh for a minute,
  grace: '1h', // then for an hour better stale than nothing
  softTimeout: '200ms', // with a stale value at hand a load is waited for this long
  retryAfter: '500ms', // after a failed load nobody tries again for this long
})

async function show(moment: string, key = 'apple') {
  const price = await cache.read(key, loadPrice).catch((error: Error) => error)
  const what =
    price instanceof Error ? `Error: ${price.message}` : `${price.value} (${price.outcome})`
  console.log(`${moment.padEnd(24)} ${what}, queries: ${queries}`)
}

await show('at first:')
await show('again:')
await cache.expire('apple') // stale from now on, as after its ttl
database = 'down'
await show('database down:')
await show('at once again:') // not asked
await show('another key:', 'pear') // nothing stale at hand: the loader's own error, as it is
await sleep(600)
database = 'slow'
await show('database slow:')
while (cache.peek('apple') === undefined) await sleep(20) // the slow load went on, and is stored
await show('a second later:')

await cache.close()
