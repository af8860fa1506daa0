// Express: a route whose responses are cached, and what makes them unusable.
//   npx tsx examples/express.ts
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { createCache } from 'strata-cache'
import { cached } from 'strata-cache/express'

const titles = new Map([['7', 'Hello']])
const cache = createCache({ namespace: 'express' })
const app = express()
let queries = 0

const tags = ({ params }: express.Request) => [`post:${String(params['id'])}`]
app.get('/posts/:id', cached(cache, { ttl: '5m', grace: '1h', tags }), (req, res) => {
  queries++
  res.json({ id: req.params.id, title: titles.get(req.params.id) })
})
app.put('/posts/:id/:title', async (req, res) => {
  titles.set(req.params.id, req.params.title)
  await cache.invalidateTags(`post:${req.params.id}`)
  res.sendStatus(204)
})

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/posts/7`
await Promise.all(Array.from({ length: 100 }, () => fetch(url)))
console.log(`100 requests, queries: ${queries}`)
const again = await fetch(url)
console.log(`again: ${again.headers.get('cache-status')}`)
await fetch(`${url}/Good%20morning`, { method: 'PUT' })
console.log(`after the change: ${await (await fetch(url)).text()}, queries: ${queries}`)

server.closeAllConnections()
server.close()
await cache.close()
