import type { HttpPeer, OpenPeer } from '../peer.js'
import { CLIENT, JSON_TYPE, pageOf, TTL, type Page } from '../site.js'

/** Hono on Node. Its cache middleware needs the Cache API, which Node does not have: an lru-cache as for Fastify. */
export const honoPeer: HttpPeer = {
  name: 'Hono + lru-cache',
  open: async (site) => {
    const { Hono } = await import('hono')
    const { serve } = await import('@hono/node-server')
    const { LRUCache } = await import('lru-cache')
    const lru = new LRUCache<string, Page>({ max: 10_000, ttl: TTL })
    const app = new Hono()
    app.get('/posts/:id', (c) => {
      let page = lru.get(c.req.path)
      if (page === undefined) {
        page = pageOf(site.post(c.req.param('id')))
        lru.set(c.req.path, page)
      }
      return c.body(page.text, 200, {
        'content-type': JSON_TYPE,
        'cache-control': CLIENT,
        etag: page.etag,
      })
    })
    app.get('/hello/:name', (c) => c.json(site.hello(c.req.param('name'))))
    app.get('/text/:name', (c) => c.text(site.text(c.req.param('name'))))
    return await new Promise<OpenPeer>((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve({ port }))
    })
  },
}
