import type { HttpPeer } from '../peer.js'
import { TTL } from '../site.js'

/** The TypeScript listener as shipped. What a hit says of itself (Age, Cache-Status) no peer does. */
export const strataPeer: HttpPeer = {
  name: 'strata',
  open: async (site) => {
    const { createCache } = await import('../../strata.js')
    const { createServer } = await import('../../../dist/server/index.js')
    const cache = createCache({ logger: false })
    const app = createServer({ cache, port: 0, native: false })
    app.get('/posts/:id', { cache: { ttl: TTL } }, (c) => c.json(site.post(c.params.id)))
    app.get('/hello/:name', (c) => c.json(site.hello(c.params.name)))
    const { port } = await app.listen()
    return port
  },
}
