import type { HttpPeer } from '../peer.js'
import { expressPeer } from './express.js'
import { fastifyPeer } from './fastify.js'
import { h3Peer } from './h3.js'
import { honoPeer } from './hono.js'
import { nodePeer } from './node.js'
import { strataPeer } from './strata.js'

export const httpPeers: readonly HttpPeer[] = [
  nodePeer,
  fastifyPeer,
  strataPeer,
  honoPeer,
  h3Peer,
  expressPeer,
]
