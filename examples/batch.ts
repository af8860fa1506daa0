// Batch: the N+1 query disappears. The handler asks for one author at a time, the database sees one query.
//   npx tsx examples/batch.ts
import { createCache } from 'strata-cache'

let queries = 0
async function authorsByIds(ids: readonly number[]) {
  queries++
  return ids.map((id) => ({ id, name: `Author ${id}` }))
}

const cache = createCache({ namespace: 'define' })
const author = cache.define('author', {
  key: (id: number) => id,
  loadMany: (ids) => authorsByIds(ids),
  by: (row) => row.id,
  batch: true, // joins the calls of one turn of the event loop
  tags: (id) => [`author:${id}`],
})

const comments = Array.from({ length: 100 }, (_, n) => ({ authorId: n % 40, text: `Comment ${n}` }))
async function render() {
  // What a resolver or a template does: one call per comment.
  const names = await Promise.all(
    comments.map(async ({ authorId }) => (await author(authorId))?.name),
  )
  return names.length
}

console.log(`${await render()} comments with authors, queries: ${queries}`)
console.log(`${await render()} comments again, queries: ${queries}`)
await cache.invalidateTags('author:7')
console.log(`${await render()} comments after author 7 has changed, queries: ${queries}`)
const some = await author.many([7, 8, 99])
console.log(`many: ${[...some.values()].map((row) => row.name).join(', ')}; queries: ${queries}`)

await cache.close()
