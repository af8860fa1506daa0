import type { HttpPeer, OpenPeer } from '../peer.js'
import { startService } from '../service-program.js'
import { JSON_TYPE, pageOf, POSTS, type Site } from '../site.js'

/** The namespace of the posts; their keys are the paths that other servers have them under. */
export const SERVICE_PREFIX = '/v1/bench'

/** `strata serve` as it comes, without Redis and without tokens, its posts put there over HTTP. */
export const serviceNative: HttpPeer = service('strata serve', {})

/** The same over node:http. */
export const serviceTypescript: HttpPeer = service('strata serve, TypeScript', {
  STRATA_NATIVE: '0',
})

function service(name: string, environment: NodeJS.ProcessEnv): HttpPeer {
  return { name, open: (site) => open(site, environment) }
}

async function open(site: Site, environment: NodeJS.ProcessEnv): Promise<OpenPeer> {
  const { child, port, url } = await startService([], environment)
  for (let id = 0; id < POSTS; id++) {
    await put(`${url}${SERVICE_PREFIX}/posts/${id}`, pageOf(site.post(String(id))).text)
  }
  return { port, pid: child.pid! }
}

async function put(url: string, text: string): Promise<void> {
  const headers = { 'content-type': JSON_TYPE }
  const { status } = await fetch(url, { method: 'PUT', headers, body: text })
  if (status !== 204) throw new Error(`PUT ${url}: ${status}`)
}
