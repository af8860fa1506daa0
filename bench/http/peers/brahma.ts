import { nativePackage } from '../native-package.js'
import type { HttpPeer } from '../peer.js'
import { freePort, untilListening } from '../program.js'
import { CLIENT, JSON_TYPE, pageOf } from '../site.js'

interface Request {
  readonly path: string
  readonly params: Readonly<Record<string, string>>
}
interface Response {
  send(status: number, headers: object, cookies: readonly string[], body: string): void
  json(value: unknown): void
  text(text: string): void
}
interface App {
  get(pattern: string, handler: (request: Request, response: Response) => void): void
  listen(host: string, port: number): void
}
interface Brahma {
  createApp(): App
  registerRustHotpath(
    ...of: [method: string, path: string, status: number, headers: string, body: Buffer]
  ): void
}

/**
 * Brahma: hyper on tokio's threads, handlers in JavaScript. It has no cache, but answers that stand for a path are given in
 * Rust: the first time a post is asked for its answer is put there, for good. Nothing of it ends by itself or makes room.
 */
export const brahmaPeer: HttpPeer = {
  name: 'brahma-firelight',
  open: async (site) => {
    const brahma = nativePackage('brahma-firelight') as Brahma
    const app = brahma.createApp()
    app.get('/posts/:id', ({ path, params }, response) => {
      const { text, etag } = pageOf(site.post(params['id'] ?? ''))
      const headers = { 'content-type': JSON_TYPE, 'cache-control': CLIENT, etag }
      brahma.registerRustHotpath('GET', path, 200, JSON.stringify(headers), Buffer.from(text))
      response.send(200, headers, [], text)
    })
    app.get('/hello/:name', ({ params }, response) => {
      response.json(site.hello(params['name'] ?? ''))
    })
    app.get('/text/:name', ({ params }, response) => response.text(site.text(params['name'] ?? '')))
    const port = await freePort()
    app.listen('127.0.0.1', port)
    await untilListening(port)
    return { port }
  },
}
