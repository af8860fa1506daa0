// Fastify: routes say in their config how they are cached.
//   npx tsx examples/fastify.ts
import { fastify } from 'fastify'
import { createCache } from 'strata-cache'
import { strataCache } from 'strata-cache/fastify'

const cache = createCache({ namespace: 'fastify' })
const app = fastify()
let queries = 0

await app.register(strataCache, { cache })
app.get(
  '/news',
  { config: { cache: { ttl: '1m', key: { headers: { 'accept-language': ['en', 'de'] } } } } },
  async (request) => {
    queries++
    return { news: request.headers['accept-language'] === 'de' ? 'Nichts Neues' : 'No news' }
  },
)
app.get('/time', async () => ({ now: Date.now() })) // says nothing: not cached

const address = await app.listen({ port: 0, host: '127.0.0.1' })
async function ask(path: string, language: string): Promise<string> {
  const answer = await fetch(address + path, { headers: { 'accept-language': language } })
  const status = answer.headers.get('cache-status') ?? 'not cached'
  return `${path} for ${language}: ${await answer.text()} (${status})`
}
console.log(await ask('/news', 'de-AT, en;q=0.5'))
console.log(await ask('/news', 'de'))
console.log(await ask('/news', 'en-GB'))
console.log(`queries: ${queries}`)
console.log(await ask('/time', 'en'))
await cache.invalidateTags('route:/news') // everything of the route
await ask('/news', 'de')
console.log(`after the purge, queries: ${queries}`)

await app.close()
await cache.close()
