// grace: when the database is slow or fails, the last good value is served, and each answer says so.
//   npx tsx examples/stale.ts
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache } from 'strata-cache'

let database: 'quick' | 'slow' | 'down' = 'quick'
async function loadPrice() {
  const state = database
  if (state === 'down') throw new Error('database is down')
  if (state === 'slow') await sleep(1_000)
  return { cents: 120, madeWhile: state }
}

// Fresh for a minute, then for an hour better stale than nothing; a slow loader is waited for 200 ms at most.
const policy = { ttl: '1m', grace: '1h', softTimeout: '200ms', retryAfter: '50ms' } as const
const cache = createCache({ namespace: 'stale', logger: false, ...policy })

async function price(moment: string) {
  const startedAt = performance.now()
  const { value, outcome } = await cache.read('price', loadPrice)
  const waited = performance.now() - startedAt < 600 ? 'at once' : 'late'
  console.log(`${moment}: ${outcome}, made while ${value.madeWhile}, ${waited}`)
}

await price('first')
await price('again')
await cache.expire('price') // stale from now on, as after its ttl
database = 'slow'
await price('slow database')
while (cache.peek('price') === undefined) await sleep(20) // the slow load goes on and is stored
await cache.expire('price')
database = 'down'
await price('database down')
database = 'quick'
await sleep(100) // longer than retryAfter
await price('database back')
await cache.close()
