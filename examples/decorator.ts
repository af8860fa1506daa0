// Decorators: a class whose methods are cached; one keeps what it returns, the other makes that unusable.
//   npx tsx examples/decorator.ts
import { createCache, type Cache } from 'strata-cache'
import { cached, entriesOf, invalidates } from 'strata-cache/decorator'

const titles = new Map([[7, 'Hello']])
let queries = 0

class Posts {
  readonly cache: Cache // where the decorators find it
  constructor(cache: Cache) {
    this.cache = cache
  }

  @cached({ name: 'post', ttl: '5m', key: (id: number) => id, tags: (id) => [`post:${id}`] })
  async find(id: number) {
    queries++
    return { id, title: titles.get(id) }
  }

  @invalidates({ tags: (id: number) => [`post:${id}`] }) // once it has succeeded
  async rename(id: number, title: string) {
    titles.set(id, title)
  }
}

const cache = createCache({ namespace: 'decorator' })
const posts = new Posts(cache)

await Promise.all(Array.from({ length: 100 }, () => posts.find(7)))
console.log(`100 calls, queries: ${queries}`)
await posts.rename(7, 'Good morning')
console.log(`after the change: ${(await posts.find(7)).title}, queries: ${queries}`)

const { outcome, tier } = await entriesOf(posts, 'find').read(7)
console.log(`its entry, ${entriesOf(posts, 'find').key(7)}: ${outcome} from ${tier}`)

await cache.close()
