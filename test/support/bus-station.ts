import type { Invalidation } from '../../src/bus/bus.js'
import { LocalBus } from '../../src/bus/local-bus.js'
import { Trust } from '../../src/bus/trust.js'
import { Wakes } from '../../src/bus/wakes.js'
import { systemClock } from '../../src/clock.js'
import { openRedis, type RedisTiers } from '../../src/redis/open-redis.js'
import type { RedisEvent } from '../../src/redis/redis-event.js'
import { parseRedis } from '../../src/redis/redis-settings.js'

/** What one cache has of the bus, and what it heard of others. */
export interface Station {
  readonly tiers: RedisTiers
  readonly trust: Trust
  readonly wakes: Wakes
  readonly heard: Heard[]
  readonly events: RedisEvent[]
  close(): Promise<void>
}

export interface Heard {
  readonly namespace: string
  readonly invalidation: Invalidation
}

/** `redis` as `createCache` takes it. Resolves when it is known whether memory can be trusted. */
export async function openStation(
  redis: unknown,
  root: string,
  maxStaleness = 2_000,
): Promise<Station> {
  const clock = systemClock
  const [bus, trust, wakes] = [new LocalBus(), new Trust('publish'), new Wakes(clock)]
  const heard: Heard[] = []
  const events: RedisEvent[] = []
  bus.listen((namespace, invalidation, origin) => {
    if (origin === 'heard') heard.push({ namespace, invalidation })
  })
  const tiers = openRedis(parseRedis(redis), {
    root,
    clock,
    bus,
    trust,
    wakes,
    maxStaleness,
    onFailover: 'keep',
    remembers: false,
    report: (event) => void events.push(event),
  })
  await tiers.link.started
  return { tiers, trust, wakes, heard, events, close: () => tiers.close() }
}
