// Hono: one route under a policy, the rest by what the responses say themselves (RFC 9111).
//   npx tsx examples/hono.ts
import { Hono } from 'hono'
import { createCache } from 'strata-cache'
import { cached } from 'strata-cache/hono'

const cache = createCache({ namespace: 'hono' })
const app = new Hono()
let made = 0

app.use(cached(cache))
app.get('/page', cached(cache, { ttl: '10m', client: '1m' }), (c) => c.text(`page ${++made}`))
app.get('/feed', (c) => {
  c.header('cache-control', 'max-age=60')
  return c.text(`feed ${++made}`)
})
app.post('/feed', (c) => c.text('posted', 201)) // what it changes is invalidated

async function ask(path: string, init?: RequestInit): Promise<string> {
  const answer = await app.request(`http://example.com${path}`, init)
  return `${path}: ${await answer.text()}, ${answer.headers.get('cache-control')}`
}
console.log(await ask('/page'))
console.log(await ask('/page'))
console.log(await ask('/feed'))
console.log(await ask('/feed'))
await ask('/feed', { method: 'POST' })
console.log(await ask('/feed'))

const page = await app.request('http://example.com/page')
const etag = page.headers.get('etag') ?? ''
const known = await app.request('http://example.com/page', { headers: { 'if-none-match': etag } })
console.log(`with its validator: ${known.status}`)

await cache.close()
