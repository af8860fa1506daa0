import type { Invalidation } from '../bus/bus.js'
import { reportTierError } from './report.js'
import { invalidateChannel, type InvalidateEvent } from './channels.js'
import type { Space } from './engine.js'
import { applyTo } from './replay.js'
import type { WriteResult } from './write-result.js'

/**
 * Here, in Redis, and here once more: what was read from Redis or loaded in between is older than the invalidation.
 */
export async function invalidate(space: Space, invalidation: Invalidation): Promise<WriteResult> {
  const { bus } = space.engine
  bus.announce(space.name, invalidation)
  const result = await tell(space, invalidation)
  bus.announce(space.name, invalidation)
  if (invalidateChannel.hasSubscribers) {
    invalidateChannel.publish({
      namespace: space.name,
      invalidation,
      result,
    } satisfies InvalidateEvent)
  }
  return result
}

/** Tells Redis, or queues behind what it has not been told yet. */
export async function tell(space: Space, invalidation: Invalidation): Promise<WriteResult> {
  const { engine, redis } = space
  if (redis === undefined) return 'applied'
  const tier = engine.redisOf(space)
  if (tier !== undefined) {
    try {
      await applyTo(tier, invalidation)
      return 'applied'
    } catch (error) {
      reportTierError(space, error)
    }
  }
  enqueue(space, invalidation)
  return 'queued'
}

/** `mayArrive`: a write that was not answered may still take effect; it is replayed when that can no longer be. */
export function enqueue(space: Space, invalidation: Invalidation, mayArrive = false): void {
  const { engine, redis, name } = space
  if (redis === undefined) return
  const notBefore = mayArrive ? engine.clock.now() + (engine.remote?.settleTime() ?? 0) : 0
  engine.queue.add({ namespace: name, tier: redis, invalidation, notBefore })
}
