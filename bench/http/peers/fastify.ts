import type { AddressInfo } from 'node:net'
import type { HttpPeer } from '../peer.js'
import { CLIENT, JSON_TYPE, pageOf, TTL, type Page } from '../site.js'

/**
 * Fastify with its defaults (its logger is off by default), and what a careful hand writes: the text of the answer in an
 * lru-cache with a ttl, by URL. Text rather than bytes, which costs it less: it is sent in one write with the head.
 */
export const fastifyPeer: HttpPeer = {
  name: 'Fastify + lru-cache',
  open: async (site) => {
    const { fastify } = await import('fastify')
    const { LRUCache } = await import('lru-cache')
    const lru = new LRUCache<string, Page>({ max: 10_000, ttl: TTL })
    const app = fastify()
    app.get<{ Params: { id: string } }>('/posts/:id', (request, reply) => {
      let page = lru.get(request.url)
      if (page === undefined) {
        page = pageOf(site.post(request.params.id))
        lru.set(request.url, page)
      }
      reply.header('content-type', JSON_TYPE).header('cache-control', CLIENT)
      reply.header('etag', page.etag).send(page.text)
    })
    app.get<{ Params: { name: string } }>('/hello/:name', (request, reply) => {
      reply.send(site.hello(request.params.name))
    })
    app.get<{ Params: { name: string } }>('/text/:name', (request, reply) => {
      reply.send(site.text(request.params.name))
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port }
  },
}
