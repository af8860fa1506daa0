// Server: routes and middleware, and a cache that handlers ask.
//   npx tsx examples/server.ts
import { createRoutes, createServer } from 'strata-cache/server'

const app = createServer({ port: 0 }) // c.cache is a cache of its own, in memory
let queries = 0
const postById = async (id: string) => {
  queries++
  return id === '1' ? { id, title: 'How we moved billing to queues' } : null
}

app.use(async (c, next) => {
  c.header('x-powered-by', 'examples')
  const { status } = await next()
  console.log(`${c.req.method} ${c.req.path} ${status}`)
})

const api = createRoutes().get('/posts/:id', async (c) => {
  const { id } = c.params // typed by the pattern
  const post = await c.cache.get(`post:${id}`, () => postById(id), { tags: [`post:${id}`] })
  return post ?? c.json({ error: `no post ${id}` }, 404)
})
api.delete('/posts/:id/cache', (c) =>
  c.cache.invalidateTags(`post:${c.params.id}`).then(() => undefined),
)
app.route('/api', api)

await app.listen()
console.log(app.describe())

const base = `http://127.0.0.1:${app.address()?.port}`
for (const path of ['/api/posts/1', '/api/posts/1', '/api/posts/2', '/api/authors']) {
  const response = await fetch(base + path)
  console.log(await response.text())
}
await fetch(`${base}/api/posts/1/cache`, { method: 'DELETE' })
await fetch(`${base}/api/posts/1`)
console.log(`queries: ${queries}`)
await app.close()
