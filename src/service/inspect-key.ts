import type { Cache } from '../cache/cache.js'
import type { Inspection } from '../cache/inspection.js'
import { look } from '../cache/look.js'
import { previewOf, type Preview } from './preview.js'

export interface KeyInspection extends Inspection {
  /** When this was seen, as its instants in wall-clock milliseconds. */
  readonly at: number
  /** Undefined: there is none. `bytes`: in Redis, else as memory counts them. */
  readonly value: (Preview & { readonly bytes: number }) | undefined
}

/** Where a key lives, why a read would miss, and the beginning of its value. Changes nothing. */
export async function inspectKey(cache: Cache, key: string): Promise<KeyInspection> {
  const inspection = await cache.inspect(key)
  const seen = await look(cache, key)
  const { redis, memory } = inspection
  const bytes = redis?.kind === 'value' ? redis.record.bodyBytes : (memory?.size ?? 0)
  return {
    at: Date.now(),
    ...inspection,
    value: seen && { ...previewOf(seen.value), bytes },
  }
}
