// Redis Cluster: entries are spread over the masters; many at once, tags and deletes work across them.
//   npx tsx examples/redis-cluster.ts
// Needs a Redis Cluster: some of its nodes in REDIS_CLUSTER, as 127.0.0.1:7000,127.0.0.1:7001.
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import { createCache } from 'strata-cache'

const nodes = (process.env['REDIS_CLUSTER'] ?? '').split(',').map((node) => {
  const [host = '', port] = node.split(':')
  return { host, port: Number(port ?? 6379) }
})
if (!nodes[0]?.host) {
  console.error('no Redis Cluster: set REDIS_CLUSTER=host:port,host:port to nodes of one')
  process.exit(1)
}

// One cache dials by itself, the other is given a connection of the application: as two processes would.
const client = new Cluster(nodes, { lazyConnect: true })
const patience = { timeout: '1s', connectTimeout: '5s' } as const // for a machine that is busy
const one = createCache({ namespace: 'cluster', redis: { cluster: { nodes }, ...patience } })
const other = createCache({ namespace: 'cluster', redis: { client, ...patience } })
const { redis, reason } = await one.ready()
if (redis !== 'ready') {
  console.error(`no Redis Cluster: ${reason}`)
  process.exit(1)
}
await client.connect()
// Memory is trusted once this process hears of what others invalidate.
for (const cache of [one, other]) while (!cache.stats().bus.coherent) await sleep(5)

const ids = [1, 2, 3, 4, 5, 6]
const slots = await Promise.all(
  ids.map((id) => client.cluster('KEYSLOT', `s1:cluster:e:{post:${id}}`)),
)
console.log(`6 posts in the slots ${slots.join(', ')} of ${client.nodes('master').length} masters`)

let loaded = 0
const posts = (cache: typeof one) =>
  cache.getMany(ids, {
    key: (id) => `post:${id}`,
    load: (missing) => {
      loaded += missing.length // in one call or more: the masters answer one after the other
      return missing.map((id) => `post ${id}`)
    },
    tags: ['posts'],
  })
await one.deleteMany(ids.map((id) => `post:${id}`)) // of an earlier run
console.log(`one: ${(await posts(one)).size} posts, loaded: ${loaded}`)
console.log(`other: ${(await posts(other)).size} posts, loaded: ${loaded}`)

console.log(`one invalidates the tag: ${await one.invalidateTags('posts')}`)
while (other.peek('post:1')) await sleep(1) // peek: memory alone
console.log(`other: gone from memory, ${(await posts(other)).size} posts, loaded: ${loaded}`)

await Promise.all([one.close(), other.close()])
await client.quit()
