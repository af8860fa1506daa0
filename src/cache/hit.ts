import { readChannel, type ReadEvent } from './channels.js'
import type { Space } from './engine.js'
import { handOver } from './store.js'

/** The hot path: a fresh entry in memory, as a promise that is kept with it. Undefined: look further. */
export function hit(space: Space, key: string): Promise<unknown> | undefined {
  const held = space.memory?.hit(key)
  if (held === undefined) return undefined
  countHit(space, key)
  if (held.mutable) return Promise.resolve(handOver(space, held.value, true))
  return (held.promise ??= Promise.resolve(held.value))
}

/** What a hit in memory leaves behind. */
export function countHit(space: Space, key: string): void {
  space.counters.memoryHits++
  space.engine.onRead?.(space, key)
  if (readChannel.hasSubscribers) {
    readChannel.publish({
      namespace: space.name,
      key,
      outcome: 'hit',
      tier: 'memory',
    } satisfies ReadEvent)
  }
}
