// Native server: hits of a cached route are answered in Rust, also while JavaScript is busy.
//   npx tsx examples/native-server.ts
import { execFileSync } from 'node:child_process'
import { createCache } from 'strata-cache'
import { createServer } from 'strata-cache/server'

const cache = createCache({ namespace: 'native' })
const app = createServer({ cache, port: 0 }) // with `native: false`, or where no addon loads: the TypeScript listener
let runs = 0
app.get('/posts/:id', { cache: { ttl: '5m', tags: (c) => [`post:${c.params.id}`] } }, (c) =>
  c.json({ id: c.params.id, run: ++runs }),
)

await app.listen()
console.log(app.describe())
const url = `http://127.0.0.1:${app.address()?.port}/posts/7`

async function show(moment: string) {
  const answer = await fetch(url)
  console.log(`${moment}: ${await answer.text()} (${answer.headers.get('cache-status')})`)
}
await show('first')
await show('again')

// Another process asks, and this thread is blocked until that one has ended.
const client = `
  const signal = AbortSignal.timeout(2_000)
  fetch('${url}', { signal })
    .then((answer) => answer.text()).catch(() => 'no answer within 2 s').then(console.log)`
const seen = execFileSync(process.execPath, ['-e', client], { encoding: 'utf8' })
console.log(`while JavaScript is blocked: ${seen.trim()}`)

await cache.invalidateTags('post:7') // holds for the native listener once it has resolved
await show('after the invalidation')

await app.close()
await cache.close()
