// Tags: an entry says what it is made of; one change makes all that show it unusable, whatever their keys.
//   npx tsx examples/tags.ts
import { createCache } from 'strata-cache'

const names = new Map([
  ['ada', 'Ada'],
  ['bob', 'Bob'],
])
const postById = (id: number) => ({ title: `Post ${id}`, by: id === 2 ? 'bob' : 'ada' })
const cache = createCache({ namespace: 'tags', ttl: '5m', grace: '1h' })

const post = (id: number) =>
  cache.read(
    `post:${id}`,
    (ctx) => {
      const { title, by } = postById(id)
      ctx.tag(`author:${by}`) // known once it is loaded
      return `${title} by ${names.get(by)}`
    },
    { tags: [`post:${id}`] }, // known beforehand
  )
const authors = () =>
  cache.read('authors', () => [...names.values()].join(', '), { tags: ['authors'] })

async function show(moment: string) {
  console.log(moment)
  for (const { value, outcome } of [await post(1), await post(2), await post(3), await authors()])
    console.log(`  ${outcome.padEnd(5)} ${value}`)
}

await show('at first:')
await show('again:')

names.set('ada', 'Ada Lovelace')
await cache.invalidateTags(['author:ada', 'authors'])
await show('after a change of Ada:')

names.set('bob', 'Robert')
await cache.invalidateTags(['author:bob', 'authors'], { soft: true })
await show('after a soft one of Bob (the old is served while the new is loaded):')
await show('again:')

await cache.close()
