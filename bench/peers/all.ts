import { asyncCacheDedupePeers } from './async-cache-dedupe.js'
import { bentocachePeers } from './bentocache.js'
import { cacheManagerPeers } from './cache-manager.js'
import { cacheablePeers } from './cacheable.js'
import { cachifiedPeers } from './cachified.js'
import { layeredLoaderPeers } from './layered-loader.js'
import type { Peer, Tiers } from './peer.js'
import { strataPeers } from './strata.js'

export const peers: readonly Peer[] = [
  ...strataPeers,
  ...bentocachePeers,
  ...cacheablePeers,
  ...cacheManagerPeers,
  ...asyncCacheDedupePeers,
  ...cachifiedPeers,
  ...layeredLoaderPeers,
]

/** One peer per library, with its defaults, among those that have these tiers. */
export const mainPeers: readonly Peer[] = peers.filter((peer) => peer.tiers.includes('redis'))

export function peersWith(tiers: Tiers): readonly Peer[] {
  return peers.filter((peer) => peer.tiers.includes(tiers))
}
