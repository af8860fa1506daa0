// Koa: a response is made once, however many ask, until it is invalidated.
//   npx tsx examples/koa.ts
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { createCache } from 'strata-cache'
import { cached } from 'strata-cache/koa'

const cache = createCache({ namespace: 'koa' })
const app = new Koa()
let runs = 0

app.use(async (ctx, next) => {
  await next() // in front of the cache: runs for every request
  ctx.set('x-answered-at', new Date().toISOString())
})
app.use(cached(cache, { ttl: '5m', tags: (ctx) => [`path:${ctx.path}`] }))
app.use((ctx) => {
  ctx.body = `run ${++runs} of ${ctx.path}`
})

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
async function ask(path: string) {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
  return `${await answer.text()} (${answer.headers.get('cache-status')})`
}
const all = await Promise.all(Array.from({ length: 100 }, () => ask('/news')))
console.log(`100 requests: ${new Set(all.map((answer) => answer.split(' (')[0])).size} answer`)
console.log(await ask('/news'))
console.log(await ask('/about'))
await cache.invalidateTags('path:/news')
console.log(await ask('/news'))

server.closeAllConnections()
server.close()
await cache.close()
