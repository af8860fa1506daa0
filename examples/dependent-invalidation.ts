// Dependent invalidation: a page is dropped with the entries that it was made of; nobody has to list them.
//   npx tsx examples/dependent-invalidation.ts
import { createCache } from 'strata-cache'
import { createServer } from 'strata-cache/server'

const titles = new Map([[1, 'Queues']])
const names = new Map([[7, 'Ada']])

const cache = createCache({ namespace: 'dependent' })
const author = cache.define('author', {
  key: (id: number) => id,
  load: (id) => names.get(id) ?? 'nobody',
  tags: ['authors'],
})
const app = createServer({ cache, port: 0 })

// What a handler reads through c.cache its page depends on ...
app.get('/title', { cache: { ttl: '10m' } }, (c) =>
  c.cache.get('title:1', () => titles.get(1) ?? 'none'),
)
// ... and with 'async' also what is read by functions that know nothing of the request.
app.get('/post', { cache: { ttl: '10m', dependencies: 'async' } }, async (c) => {
  const title = await c.cache.get('title:1', () => titles.get(1) ?? 'none')
  return `${title} by ${await author(7)}`
})

await app.listen()
console.log(app.describe())
async function show(moment: string) {
  console.log(moment)
  for (const path of ['/title', '/post']) {
    const answer = await fetch(`http://127.0.0.1:${app.address()?.port}${path}`)
    console.log(`  ${await answer.text()} (${answer.headers.get('cache-status')?.split('; ')[1]})`)
  }
}
await show('at first:')
await show('again:')
titles.set(1, 'Queues, revisited')
await cache.delete('title:1') // both are made of it
await show('after a new title:')
names.set(7, 'Ada Lovelace')
await cache.invalidateTags('authors') // one is
await show('after a new name:')

await app.close()
await cache.close()
