import type { AddressInfo } from 'node:net'
import type { HttpPeer } from '../peer.js'
import { CLIENT, JSON_TYPE, pageOf, TEXT_TYPE } from '../site.js'

/** The floor of every server on node:http: no router, no cache but a Map of buffers that are there, no rule at all. */
export const nodePeer: HttpPeer = {
  name: 'node:http',
  open: async (site) => {
    const { createServer } = await import('node:http')
    const kept = new Map<string, { readonly bytes: Buffer; readonly headers: string[] }>()
    const pageFor = (url: string) => {
      const { text, etag } = pageOf(site.post(url.slice('/posts/'.length)))
      const bytes = Buffer.from(text)
      const length = ['content-length', String(bytes.length)]
      const headers = ['content-type', JSON_TYPE, 'cache-control', CLIENT, 'etag', etag, ...length]
      const page = { bytes, headers }
      kept.set(url, page)
      return page
    }
    const server = createServer((req, res) => {
      const url = req.url ?? ''
      if (url.startsWith('/posts/')) {
        const { bytes, headers } = kept.get(url) ?? pageFor(url)
        res.writeHead(200, headers)
        res.end(bytes)
      } else if (url.startsWith('/hello/')) {
        const text = JSON.stringify(site.hello(url.slice('/hello/'.length)))
        res.writeHead(200, ['content-type', JSON_TYPE, 'content-length', String(text.length)])
        res.end(text)
      } else {
        const text = site.text(url.slice('/text/'.length))
        res.writeHead(200, ['content-type', TEXT_TYPE, 'content-length', String(text.length)])
        res.end(text)
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: (server.address() as AddressInfo).port }
  },
}
