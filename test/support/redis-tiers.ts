import type { Bus } from '../../src/bus/bus.js'
import { LocalBus } from '../../src/bus/local-bus.js'
import { Trust } from '../../src/bus/trust.js'
import { Wakes } from '../../src/bus/wakes.js'
import { systemClock } from '../../src/clock.js'
import type { Body, Entry } from '../../src/entry/entry.js'
import { newId } from '../../src/entry/id.js'
import { TierUnavailableError } from '../../src/errors.js'
import type { LeaseDesk } from '../../src/flight/lease.js'
import { openRedis, type RedisTiers } from '../../src/redis/open-redis.js'
import type { RedisEvent } from '../../src/redis/redis-event.js'
import { parseRedis } from '../../src/redis/redis-settings.js'
import { Guard, type GuardState } from '../../src/tier/guard.js'
import { GuardedTier } from '../../src/tier/guarded-tier.js'
import type { Awaitable, Tier } from '../../src/tier/tier.js'

/** Redis tiers as a cache puts them together, with what they reported. */
export interface OpenedRedis {
  readonly tiers: RedisTiers
  /** Those of the namespace, without the guard. */
  readonly leases: LeaseDesk
  readonly bus: Bus
  readonly trust: Trust
  readonly events: RedisEvent[]
  readonly guard: Guard
  /** Each lasting state of the guard. */
  readonly states: GuardState[]
  /** Straight to Redis. */
  readonly bare: Tier<Body>
  /** Behind the guard. */
  readonly guarded: Tier<Body>
  close(): Promise<void>
}

export async function openTiers(
  redis: unknown,
  namespace = 'test',
  onFailover: 'clear' | 'keep' = 'clear',
): Promise<OpenedRedis> {
  const opened = beginTiers(redis, namespace, onFailover)
  await opened.tiers.link.started
  return opened
}

/** Without waiting for the connection. */
export function beginTiers(
  redis: unknown,
  namespace = 'test',
  onFailover: 'clear' | 'keep' = 'clear',
): OpenedRedis {
  const settings = parseRedis(redis)
  const events: RedisEvent[] = []
  const states: GuardState[] = []
  const report = (event: RedisEvent): void => void events.push(event)
  const clock = systemClock
  const [bus, trust] = [new LocalBus(), new Trust('publish')]
  const tiers = openRedis(settings, {
    root: namespace,
    clock,
    report,
    bus,
    trust,
    wakes: new Wakes(clock),
    maxStaleness: 2_000,
    onFailover,
    remembers: false,
  })
  const guard = new Guard(settings, tiers.link, systemClock, (state) => states.push(state))
  const bare = tiers.of(namespace)
  return {
    tiers,
    leases: tiers.leasesOf(namespace),
    bus,
    trust,
    events,
    guard,
    states,
    bare,
    guarded: new GuardedTier(guard, Promise.resolve(bare)),
    close: async () => {
      guard.close()
      await tiers.close()
    },
  }
}

/** An entry that lives a minute, half of it fresh. */
export function entryOf(text: string, shape: Partial<Entry<Body>> = {}): Entry<Body> {
  const now = systemClock.now()
  const life = { storedAt: now, freshUntil: now + 30_000, staleUntil: now + 60_000 }
  return { value: bodyOf(text), ...life, loadTime: 1, tags: [], id: newId(), ...shape }
}

/** Stores as a load does: stamps first. */
export async function store(
  tier: Tier<Body>,
  key: string,
  text: string,
  shape: Partial<Entry<Body>> = {},
): Promise<void> {
  const entry = entryOf(text, shape)
  await tier.write(key, entry, await tier.stampsOf(entry.tags, 60_000))
}

/** Text of what is there, with how it stands; or why there was no answer. */
export async function look(tier: Tier<Body>, key: string): Promise<string | undefined> {
  try {
    const entry = await tier.read(key)
    if (entry === undefined) return undefined
    const standing = systemClock.now() < entry.freshUntil ? 'fresh' : 'stale'
    return `${standing} ${textOf(entry.value)}`
  } catch (error) {
    return reasonOf(error)
  }
}

/** The reason of a `TierUnavailableError`; `'done'` without one. */
export async function outcomeOf(operation: Awaitable<unknown>): Promise<string> {
  try {
    await operation
    return 'done'
  } catch (error) {
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof TierUnavailableError ? error.reason : `threw ${String(error)}`
}

export function bodyOf(text: string): Body {
  return { kind: 1, flags: 0, contentType: 'text/plain', bytes: Buffer.from(text) }
}

export function textOf(body: Body): string {
  return Buffer.from(body.bytes).toString()
}
