import { nativePackage } from '../native-package.js'
import type { HttpPeer } from '../peer.js'
import { CLIENT, JSON_TYPE, pageOf, TEXT_TYPE, TTL, type Page, type Site } from '../site.js'

interface Response {
  writeHeader(name: string, value: string): this
  end(body: string | Uint8Array): this
}
interface Request {
  getUrl(): string
  getParameter(index: number): string
}
type Handler = (response: Response, request: Request) => void
interface App {
  get(pattern: string, handler: Handler): this
  listen(host: string, port: number, listening: (token: unknown) => void): this
}
interface Uws {
  App(): App
  us_socket_local_port(token: unknown): number
}

/**
 * µWebSockets.js, bare, which frameworks like hyper-express are built on: its HTTP is in C++, on the thread of JavaScript.
 * Its own releases are not in the npm registry; this one, of Ganache's makers, is and has a binary for Node 20. An lru-cache as
 * for Fastify.
 */
export const uwsPeer: HttpPeer = {
  name: 'uWebSockets.js + lru-cache',
  open: async (site) => {
    const uws = nativePackage('@trufflesuite/uws-js-unofficial') as Uws
    const app = uws
      .App()
      .get('/posts/:id', await cachedPosts(site))
      .get('/hello/:name', (response, request) => {
        const text = JSON.stringify(site.hello(request.getParameter(0)))
        response.writeHeader('content-type', JSON_TYPE).end(text)
      })
      .get('/text/:name', (response, request) => {
        response.writeHeader('content-type', TEXT_TYPE).end(site.text(request.getParameter(0)))
      })
    return await new Promise((resolve, reject) => {
      app.listen('127.0.0.1', 0, (token) => {
        if (token === false) reject(new Error('it does not listen'))
        else resolve({ port: uws.us_socket_local_port(token) })
      })
    })
  },
}

async function cachedPosts(site: Site): Promise<Handler> {
  const { LRUCache } = await import('lru-cache')
  const lru = new LRUCache<string, Page>({ max: 10_000, ttl: TTL })
  return (response, request) => {
    const url = request.getUrl()
    let page = lru.get(url)
    if (page === undefined) {
      page = pageOf(site.post(request.getParameter(0)))
      lru.set(url, page)
    }
    response.writeHeader('content-type', JSON_TYPE).writeHeader('cache-control', CLIENT)
    response.writeHeader('etag', page.etag).end(page.text)
  }
}
