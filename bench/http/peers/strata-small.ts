import type { HttpPeer } from '../peer.js'
import { TTL, type Site } from '../site.js'
import { BIG } from '../torment.js'

/** Bytes of memory that the cache may use. */
export const ROOM = 64 * 1_024 * 1_024

/** Both listeners with little memory and little patience. */
export const strataNativeSmall = strataSmall('strata native', true)
export const strataTypescriptSmall = strataSmall('strata TypeScript', false)

function strataSmall(name: string, native: boolean): HttpPeer {
  return { name: `${name}, small`, open: (site) => open(site, native) }
}

async function open(site: Site, native: boolean) {
  const { createCache } = await import('../../strata.js')
  const { createServer } = await import('../../../dist/server/index.js')
  const memory = { maxBytes: ROOM, maxEntries: 200_000 }
  const cache = createCache({ logger: false, memory })
  const timeouts = { header: 5_000, write: 2_000 }
  const app = createServer({ cache, port: 0, native, timeouts, logger: false })
  app.get('/posts/:id', { cache: { ttl: TTL } }, (c) => c.json(site.post(c.params.id)))
  app.get('/big/:id', { cache: { ttl: TTL } }, (c) => c.text(c.params.id.repeat(BIG)))
  return await app.listen()
}
