import type { HttpPeer } from '../peer.js'
import { TTL, type Site } from '../site.js'

/** The listener over node:http, as shipped. What a hit says of itself (Age, Cache-Status) no peer does. */
export const strataTypescript = strata('strata TypeScript', { native: false })

/** The listener in Rust, with one thread for connections beside that of JavaScript. All deadlines are on, as by default. */
export const strataNative = strata('strata native', { native: true })

/** The same, for a process that is started on two cores, where the default is two threads for connections. */
export const strataNativeTwo: HttpPeer = { ...strataNative, name: 'strata native, 2 threads' }

function strata(name: string, options: { readonly native: boolean }): HttpPeer {
  return { name, open: (site) => open(site, options) }
}

async function open(site: Site, options: { readonly native: boolean }) {
  const { createCache } = await import('../../strata.js')
  const { createServer } = await import('../../../dist/server/index.js')
  const cache = createCache({ logger: false })
  const app = createServer({ cache, port: 0, ...options })
  app.get('/posts/:id', { cache: { ttl: TTL } }, (c) => c.json(site.post(c.params.id)))
  app.get('/hello/:name', (c) => c.json(site.hello(c.params.name)))
  app.get('/text/:name', (c) => c.text(site.text(c.params.name)))
  return await app.listen()
}
