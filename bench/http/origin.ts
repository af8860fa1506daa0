import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CLIENT, JSON_TYPE, pageOf, type Site } from './site.js'

/** What a cache in front of servers has behind it, in this process: the posts on node:http. Gives its port. */
export async function openOrigin(site: Site): Promise<number> {
  const server = createServer((request, response) => {
    const { text, etag } = pageOf(site.post((request.url ?? '').slice('/posts/'.length)))
    const headers = { 'content-type': JSON_TYPE, 'cache-control': CLIENT, etag }
    response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
