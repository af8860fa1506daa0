import { expandBody } from '../entry/compress.js'
import { CodecError, TierUnavailableError } from '../errors.js'
import type { Cache } from './cache.js'
import { insideOf } from './cache.js'

/** Bytes of a compressed record that are looked at. */
const MOST = 64 * 2 ** 20

export interface Seen {
  readonly value: unknown
  /** By the clock of the cache. */
  readonly storedAt: number
}

/**
 * The value under the key in whatever state, for people to look at: memory's, else that in Redis. Unlike a read it counts
 * nothing, promotes nothing and loads nothing. Undefined: nothing is there, it cannot be read, or Redis does not answer.
 */
export async function look(cache: Cache, key: string): Promise<Seen | undefined> {
  const { space, engine } = insideOf(cache)
  const sight = space.inspectors.memory?.look(key)
  if (sight !== undefined) return sight.entry
  try {
    const record = await space.redis?.read(key)
    if (record === undefined) return undefined
    const value: unknown = engine.codec.decode(await expandBody(record.value, MOST))
    return { value, storedAt: record.storedAt }
  } catch (error) {
    // which of both it was, the inspection tells
    if (error instanceof CodecError || error instanceof TierUnavailableError) return undefined
    throw error
  }
}
