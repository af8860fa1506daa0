// Service client: two programs share a cache service (`strata serve` in production); of both, one loads.
//   npx tsx examples/service-client.ts
// It awaits at the top: in a project of yours `"type": "module"` in package.json, or a name that ends in .mts.
import { createClient } from 'strata-cache/client'
import { createService } from 'strata-cache/service'

const service = createService({ port: 0, adminPort: 0, logLevel: 'silent' })
await service.listen()
const url = `http://127.0.0.1:${service.addresses.data?.port}`

// each as if it were a process of its own
const one = createClient({ url, namespace: 'shop' })
const other = createClient({ url, namespace: 'shop' })

let queries = 0
const popular = async () => {
  queries++
  return ['How we moved billing to queues', 'Queues, revisited']
}
const [a, b] = await Promise.all(
  [one, other].map((client) =>
    client.getOrLoad('popular', popular, { ttl: '5m', tags: ['posts'] }),
  ),
)
console.log(`both have ${a?.length} and ${b?.length} posts, queries: ${queries}`)

await one.purge({ tags: ['posts'] })
console.log('after the purge:', await other.get('popular'))

// compare and set: who has read something older is refused
await one.set('stock', 10)
const seen = await one.read('stock')
await other.set('stock', 9)
const { result } = await one.set('stock', 11, seen?.etag ? { ifMatch: seen.etag } : {})
console.log(`set of what was read before: ${result}, stock ${await one.get<number>('stock')}`)

await service.close()
// without the service nothing is cached, and nothing fails
const alone = createClient({
  url,
  namespace: 'shop',
  onError: (error) => console.log(String(error)),
})
console.log(`loaded all the same: ${(await alone.getOrLoad('popular', popular)).length} posts`)
