import { newerOf } from '../entry/freshness.js'
import { TierUnavailableError } from '../errors.js'
import type { Space } from './engine.js'
import type { FlightView, Inspection, MemoryView, RedisView } from './inspection.js'
import type { Policy } from './policy.js'
import { whyOf } from './why.js'

/** All that is known of a key here and in Redis. Changes nothing and never rejects. */
export async function inspect(space: Space, key: string, policy: Policy): Promise<Inspection> {
  const { engine, name, rest } = space
  const [redisKey, redis] = await Promise.all([redisKeyOf(space, key), redisView(space, key)])
  // Memory after Redis: what it shows is as of now, like the outcome.
  const memory = memoryView(space, key)
  const resting = rest.left(key)
  const known = {
    key,
    namespace: name,
    redisKey,
    ...foundBy(space, policy, memory, redis),
    memory,
    redis,
    flight: flightView(space, key),
    resting: resting === 0 ? undefined : Math.ceil(resting),
    queue: { depth: engine.queue.depth },
    bus: engine.trust.stats(engine.clock.now(), engine.clock.wall()),
  }
  return { ...known, why: whyOf(space, known) }
}

async function redisKeyOf(space: Space, key: string): Promise<string | undefined> {
  try {
    return await space.inspectors.redis?.keyOf(key)
  } catch {
    return undefined // the client could not be loaded, which the view of Redis tells
  }
}

async function redisView(space: Space, key: string): Promise<RedisView | undefined> {
  try {
    return await space.inspectors.redis?.find(key)
  } catch (error) {
    const reason = error instanceof TierUnavailableError ? error.reason : 'refused'
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'unavailable', reason, message: message.replace(/^redis: /, '') }
  }
}

function memoryView(space: Space, key: string): MemoryView | undefined {
  const sight = space.inspectors.memory?.look(key)
  if (sight === undefined) return undefined
  const { entry, standing, isTrusted, freshUntil, staleUntil, size } = sight
  const { id, storedAt, loadTime, tags, isUnheard } = entry
  return {
    standing,
    id,
    storedAt: wallOf(space, storedAt),
    freshUntil: freshUntil === 0 ? 0 : wallOf(space, freshUntil),
    staleUntil: staleUntil === 0 ? 0 : wallOf(space, staleUntil),
    loadTime,
    tags: [...tags],
    size,
    trusted: isTrusted,
    unheard: isUnheard,
  }
}

function flightView(space: Space, key: string): FlightView | undefined {
  const flight = space.flights.get(key)
  return (
    flight && {
      riders: flight.riders,
      startedAt: wallOf(space, flight.startedAt),
      revoked: space.marks.isRevoked(flight.since, key, [...flight.tags]),
    }
  )
}

type Prediction = Pick<Inspection, 'outcome' | 'tier'>

const MISS: Prediction = { outcome: 'miss', tier: undefined }
const FAILED: Prediction = { outcome: 'error', tier: undefined }

/** The way of a read (`lookup.ts`) over what was seen. */
function foundBy(
  space: Space,
  policy: Policy,
  memory: MemoryView | undefined,
  redis: RedisView | undefined,
): Prediction {
  if (memory?.standing === 'hit' || memory?.standing === 'due') {
    return { outcome: 'hit', tier: 'memory' }
  }
  if (redis === undefined || policy.tiers === 'memory') return alone(space, memory)
  const { queue, settings } = space.engine
  if (redis.kind !== 'unavailable' && queue.depth === 0) return inRedis(memory, redis)
  return settings.throwOnCacheError ? FAILED : alone(space, memory)
}

/** Redis has answered: what it does not have is not served from memory either. */
function inRedis(memory: MemoryView | undefined, redis: RedisView): Prediction {
  if (redis.kind !== 'value') return MISS
  if (redis.standing === 'fresh') return { outcome: 'hit', tier: 'redis' }
  if (redis.standing !== 'stale') return MISS
  const stale = memory?.standing === 'stale' ? memory : undefined
  const newer = newerOf<{ readonly storedAt: number }>(redis, stale)
  return { outcome: 'stale', tier: newer === redis ? 'redis' : 'memory' }
}

/** Without an answer of Redis: what is stale, and what may have been invalidated as far as that is allowed. */
function alone(space: Space, memory: MemoryView | undefined): Prediction {
  const stale: Prediction = { outcome: 'stale', tier: 'memory' }
  if (memory?.standing === 'stale') return stale
  if (memory?.standing !== 'untrusted') return MISS
  const isRefused = space.engine.settings.coherence.whenBlind === 'refuse'
  return isRefused || memory.staleUntil <= memory.freshUntil ? MISS : stale
}

function wallOf(space: Space, at: number): number {
  const { clock } = space.engine
  return Math.round(at - clock.now() + clock.wall())
}
