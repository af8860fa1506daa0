import type { AddressInfo } from 'node:net'
import type { HttpPeer } from '../peer.js'
import { TTL } from '../site.js'

/**
 * What Nitro's cached handlers are made of, without Nitro, which has to be built: h3 and ocache, as h3 documents it.
 * Cache-Control is ocache's own: with 'no-cache' it keeps nothing.
 */
export const h3Peer: HttpPeer = {
  name: 'h3 + ocache',
  open: async (site) => {
    const { H3, handleCacheHeaders, toResponse, withCacheIsolation } = await import('h3')
    const { toNodeHandler } = await import('h3/node')
    const { createServer } = await import('node:http')
    const { defineCachedHandler } = await import('ocache')
    const app = new H3()
    app.get(
      '/posts/:id',
      withCacheIsolation(
        defineCachedHandler((event) => site.post(event.context.params?.['id'] ?? ''), {
          maxAge: TTL / 1_000,
          toResponse,
          handleCacheHeaders,
        }),
      ),
    )
    app.get('/hello/:name', (event) => site.hello(event.context.params?.['name'] ?? ''))
    app.get('/text/:name', (event) => site.text(event.context.params?.['name'] ?? ''))
    const server = createServer(toNodeHandler(app))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: (server.address() as AddressInfo).port }
  },
}
