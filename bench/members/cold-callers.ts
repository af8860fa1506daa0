import { monotonic } from '../monotonic.js'
import { mainPeers } from '../peers/all.js'
import { widestTiers } from '../peers/peer.js'
import { postOf } from '../post.js'
import type { OpenMember } from '../team.js'

export interface ColdSetup {
  readonly peer: string
  readonly port: number
  readonly loadMs: number
}

export interface ColdQuestion {
  readonly key: string
  readonly callers: number
  /** When all processes begin, {@link monotonic}. */
  readonly at: number
}

export interface ColdAnswer {
  readonly loads: number
  /** From the beginning until the last caller has its value. */
  readonly ms: number
}

/** A process with one cache of the peer, in which many ask for one key at once. */
export const open: OpenMember<ColdSetup, ColdQuestion, ColdAnswer> = async (setup) => {
  const peer = mainPeers.find(({ name }) => name === setup.peer)
  if (peer === undefined) throw new Error(`no peer ${setup.peer}`)
  let loads = 0
  const cache = await peer.open({
    tiers: widestTiers(peer),
    port: setup.port,
    ttl: 3_600_000,
    maxEntries: 10_000,
    load: async (key) => {
      loads++
      await new Promise((resolve) => setTimeout(resolve, setup.loadMs))
      return postOf(key)
    },
    loadMany: async (keys) => keys.map(postOf),
  })
  return async ({ key, callers, at }) => {
    loads = 0
    await new Promise((resolve) => setTimeout(resolve, at - monotonic()))
    const values = await Promise.all(Array.from({ length: callers }, () => cache.get(key)))
    if (values.some((value) => (value as { id: number }).id !== Number(key.slice(5)))) {
      throw new Error('a caller was given another value')
    }
    return { loads, ms: monotonic() - at }
  }
}
