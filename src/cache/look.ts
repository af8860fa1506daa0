import { expandBody } from '../entry/compress.js'
import { CodecError, TierUnavailableError } from '../errors.js'
import type { Cache } from './cache.js'
import { insideOf } from './cache.js'

/** Bytes of a compressed record that are looked at. */
const MOST = 64 * 2 ** 20

/**
 * The value under the key in whatever state, for people to look at: memory's, else that in Redis. Unlike a read it counts
 * nothing, promotes nothing and loads nothing. Undefined: nothing is there, it cannot be read, or Redis does not answer.
 */
export async function look(cache: Cache, key: string): Promise<{ value: unknown } | undefined> {
  const { space, engine } = insideOf(cache)
  const sight = space.inspectors.memory?.look(key)
  if (sight !== undefined) return { value: sight.entry.value }
  try {
    const record = await space.redis?.read(key)
    if (record === undefined) return undefined
    return { value: engine.codec.decode(await expandBody(record.value, MOST)) }
  } catch (error) {
    // which of both it was, the inspection tells
    if (error instanceof CodecError || error instanceof TierUnavailableError) return undefined
    throw error
  }
}
