import { isFresh } from '../entry/freshness.js'
import type { Space } from './engine.js'
import { handOver } from './store.js'

/** Memory only, fresh only; neither a use of the entry nor a counted read. */
export function peek(space: Space, key: string): unknown {
  const held = space.memory?.peek(key)
  if (held === undefined || !isFresh(held, space.engine.clock.now())) return undefined
  if (space.memory?.isTrusted(held) !== true) return undefined
  return handOver(space, held.value, held.mutable)
}
