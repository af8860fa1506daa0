// Shutdown: close() ends what the cache has running; requests that are being finished still get their answers.
//   npx tsx examples/shutdown.ts
import { createCache } from 'strata-cache'

async function main() {
  const cache = createCache({ namespace: 'shutdown' })
  console.log(await cache.get('greeting', () => 'hello'))

  // A server calls it after its last connection has been closed:
  //   process.once('SIGTERM', () => server.close(() => void cache.close()))
  await Promise.all([cache.close(), cache.close()]) // the second call waits for the first

  // A request that still runs gets its value, from the loader, uncached.
  const { value, outcome } = await cache.read('greeting', () => 'hello from the loader')
  console.log(`after close: ${outcome}, ${value}`)
  await cache
    .set('greeting', 'hi')
    .catch((error: Error & { code?: string }) => console.log(`set: ${error.code}`))
}

async function disposed() {
  // Closed at the end of the block, also when it throws (Symbol.asyncDispose).
  await using cache = createCache({ namespace: 'disposed' })
  return await cache.get('greeting', () => 'hello and goodbye')
}

await main()
console.log(await disposed())
