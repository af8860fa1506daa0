import { LocalBus } from '../../dist/bus/local-bus.js'
import { monotonic } from '../monotonic.js'
import { openStrata } from '../open-strata.js'
import { redisAt } from '../redis-at.js'
import type { Cache } from '../strata.js'
import type { OpenMember } from '../team.js'

export interface SubscriberSetup {
  /** Of one Redis, or of the masters of a Cluster. */
  readonly ports: readonly number[]
}

export type SubscriberQuestion =
  /** Bring these keys from Redis into memory. */
  | { readonly fetch: readonly string[] }
  /** When each of the keys was dropped. */
  | { readonly dropsOf: readonly string[] }

/** {@link monotonic}; null for a key that is still in memory. */
export type SubscriberAnswer = readonly (number | null)[]

/** A process with a cache that keeps some keys in memory and notes when it drops them. */
export const open: OpenMember<SubscriberSetup, SubscriberQuestion, SubscriberAnswer> = async ({
  ports,
}) => {
  const cache = await openStrata({ redis: redisAt(ports) })
  const drops = new Map<string, number>()
  // Everything that concerns memory has happened when `announce` returns.
  const { announce } = LocalBus.prototype
  LocalBus.prototype.announce = function (namespace, invalidation, origin) {
    announce.call(this, namespace, invalidation, origin)
    if (invalidation.kind !== 'remove') return
    for (const key of invalidation.keys) {
      if (cache.peek(key) === undefined) drops.set(key, monotonic())
    }
  }
  return async (question) => {
    if ('dropsOf' in question) {
      return question.dropsOf.map((key) => drops.get(key) ?? null)
    }
    drops.clear()
    for (const key of question.fetch) await fetchInto(cache, key)
    return []
  }
}

/** On a machine that has just started many processes a read of Redis may come to nothing. */
async function fetchInto(cache: Cache, key: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    await cache.get(key)
    if (cache.peek(key) !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${key} did not get into memory`)
}
