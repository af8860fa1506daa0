// A cache in a process of its own, told what to do by its parent. The other half: cache-process.ts.
import { createCache, type CacheOptions } from '../../src/index.js'
import type { Request } from './cache-process.js'

const options = JSON.parse(process.argv[2] ?? '{}') as CacheOptions
const cache = createCache({ logger: false, jitter: 0, ...options })

async function answer({ op, args }: Request): Promise<unknown> {
  switch (op) {
    case 'read': {
      const [key, loaded] = args as [string, unknown]
      return await (loaded === undefined ? cache.read(key) : cache.read(key, () => loaded))
    }
    case 'set':
      return await cache.set(...(args as [string, unknown, object?]))
    case 'delete':
      return await cache.delete(...(args as [string]))
    case 'invalidateTags':
      return await cache.invalidateTags(...(args as [string[], object?]))
    case 'clear':
      return await cache.clear()
    case 'close':
      return await cache.close()
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (result) => process.send?.({ id: request.id, result }),
    (error: unknown) => process.send?.({ id: request.id, error: String(error) }),
  )
})

await cache.ready()
process.send?.({ id: 0 })
