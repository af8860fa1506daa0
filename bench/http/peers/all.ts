import type { HttpPeer } from '../peer.js'
import { brahmaPeer } from './brahma.js'
import { epollPeer, epollTwo } from './epoll.js'
import { expressPeer } from './express.js'
import { fastifyPeer } from './fastify.js'
import { h3Peer } from './h3.js'
import { honoPeer } from './hono.js'
import { nginxCache, nginxCacheTwo, nginxStatic } from './nginx.js'
import { nodePeer } from './node.js'
import { serviceNative, serviceTypescript } from './service.js'
import { strataNativeSmall, strataTypescriptSmall } from './strata-small.js'
import { strataNative, strataNativeTwo, strataTypescript } from './strata.js'
import { uwsPeer } from './uws.js'
import { varnishPeer } from './varnish.js'
import { webdisPeer } from './webdis.js'

/** All that run handlers in JavaScript. */
export const handlerPeers: readonly HttpPeer[] = [
  strataNative,
  strataTypescript,
  nodePeer,
  uwsPeer,
  brahmaPeer,
  fastifyPeer,
  honoPeer,
  h3Peer,
  expressPeer,
]

/** All that answer posts from a cache, or as if from one. */
export const cachePeers: readonly HttpPeer[] = [
  epollPeer,
  nginxCache,
  nginxStatic,
  varnishPeer,
  ...handlerPeers,
]

export const httpPeers: readonly HttpPeer[] = [
  ...cachePeers,
  epollTwo,
  nginxCacheTwo,
  strataNativeTwo,
  strataNativeSmall,
  strataTypescriptSmall,
  serviceNative,
  serviceTypescript,
  webdisPeer,
]

/** In the order of the names. */
export function peersNamed(...names: readonly string[]): HttpPeer[] {
  return names.map((name) => {
    const found = httpPeers.find((peer) => peer.name === name)
    if (found === undefined) throw new Error(`no peer ${name}`)
    return found
  })
}
