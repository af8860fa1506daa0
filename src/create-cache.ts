import type { Bus } from './bus/bus.js'
import { LocalBus } from './bus/local-bus.js'
import { Trust } from './bus/trust.js'
import { Wakes } from './bus/wakes.js'
import { Cache } from './cache/cache.js'
import { Engine, type RemoteTiers } from './cache/engine.js'
import type { EngineOptions } from './cache/options.js'
import { reportRedisEvent } from './cache/report.js'
import { suspiciousDurations } from './cache/policy.js'
import { ENGINE_NAMES, parseSettings, type Settings } from './cache/settings.js'
import { DEFAULTS as CACHE_DEFAULTS } from './cache/defaults.js'
import { GuardedLeases } from './cache/guarded-leases.js'
import { Voice } from './cache/voice.js'
import { systemClock, type Clock } from './clock.js'
import { knownOptions } from './entry/option.js'
import type { Marks } from './entry/marks.js'
import type { RedisEvent } from './redis/redis-event.js'
import type { RedisFacts } from './redis/redis-facts.js'
import type { RedisTiers } from './redis/open-redis.js'
import {
  parseRedis,
  REDIS_DEFAULTS,
  type RedisSettings,
  type RedisSource,
} from './redis/redis-settings.js'
import { GuardedExchange } from './tier/guarded-exchange.js'
import { GuardedInspector } from './tier/guarded-inspector.js'
import { GuardedTier } from './tier/guarded-tier.js'
import { Guard } from './tier/guard.js'
import { promisedLink } from './tier/link.js'

export type { RedisFacts } from './redis/redis-facts.js'
export { parseRedis } from './redis/redis-settings.js'
export type { RedisSource } from './redis/redis-settings.js'

/** The default of every option, as a caller would write it (of `redis`: milliseconds and bytes). */
export const DEFAULTS: typeof CACHE_DEFAULTS & { readonly redis: typeof REDIS_DEFAULTS } = {
  ...CACHE_DEFAULTS,
  redis: REDIS_DEFAULTS,
}

export interface CacheOptions extends EngineOptions {
  /** The tier that processes share: a URL, an ioredis Redis or Cluster of yours, or an object. Absent = memory only. */
  readonly redis?: RedisSource | undefined
}

/** What tests put in the place of the real thing, and what only a cache within this package needs. */
export interface Parts {
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  /** Values get an identity also where there is no Redis; default false, for it costs memory. */
  readonly identities?: boolean | undefined
}

/**
 * A cache in memory and, with `redis`, in Redis. Options are checked at once (`InvalidOptionError`); connecting, which
 * loads ioredis, goes on in the background: see `cache.ready()`.
 */
export function createCache(options: CacheOptions = {}): Cache {
  return assembleCache(options, {})
}

/** @internal The composition root: `createCache` with a clock and a source of randomness. */
export function assembleCache(options: CacheOptions, parts: Parts): Cache {
  const { redis, ...rest } = knownOptions(options, [...ENGINE_NAMES, 'redis']) as CacheOptions
  const settings = parseSettings(rest)
  const redisSettings = redis === undefined ? undefined : parseRedis(redis)
  const clock = parts.clock ?? systemClock
  const voice = new Voice(settings.logger, clock)
  hintAt(options, settings, voice)
  const report = (event: RedisEvent): void => reportRedisEvent(engine, event)
  const onBack = (): void => void engine.queue.drain()
  const bus = new LocalBus()
  const trust = new Trust(redisSettings === undefined ? 'none' : 'publish')
  const wakes = new Wakes(clock)
  const shared = { settings, clock, voice, bus, trust, wakes }
  const remote = redisSettings && openRemote(redisSettings, { ...shared, report, onBack })
  const { random = Math.random, identities } = parts
  const engine: Engine = new Engine({ ...shared, random, identities, remote })
  return new Cache(engine, engine.space(settings.namespace), settings.policy)
}

/**
 * @internal What a Redis says of itself that matters to a cache whose namespace begins with `root`. Rejects when it cannot be
 * reached; throws `InvalidOptionError`.
 */
export async function diagnoseRedis(source: RedisSource, root: string): Promise<RedisFacts> {
  const settings = parseRedis(source)
  const { diagnose } = await import('./redis/diagnose.js')
  return diagnose(settings, root)
}

function hintAt(options: CacheOptions, settings: Settings, voice: Voice): void {
  if (options.redis !== undefined && options.namespace === undefined) {
    voice.hint(
      'STRATA_NAMESPACE',
      `no namespace given: everything is kept under '${settings.namespace}', shared with every cache that gives none`,
    )
  }
  if (!settings.dev) return
  for (const hint of suspiciousDurations(options)) voice.hint('STRATA_HINT', hint)
}

interface RemoteParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly voice: Voice
  readonly bus: Bus
  readonly trust: Trust
  readonly wakes: Wakes
  readonly report: (event: RedisEvent) => void
  readonly onBack: () => void
}

/** The Redis tier behind a guard. ioredis is loaded here, when it is asked for and not before. */
function openRemote(redis: RedisSettings, parts: RemoteParts): RemoteTiers {
  const { settings, clock, voice, onBack, bus, trust, wakes } = parts
  const root = settings.namespace.split('.', 1)[0] ?? settings.namespace
  const report = (event: RedisEvent): void => {
    // while Redis itself does not answer, that is what is said
    if (event.type !== 'not-coherent') parts.report(event)
    else if (guard.state === 'closed' || guard.state === 'connecting')
      voice.notCoherent(event.reason)
  }
  trust.onRaise(() => voice.coherentAgain())
  const { maxStaleness, onFailover } = settings.coherence
  const remembers = settings.memory !== undefined
  const shared = { clock, bus, trust, wakes, report }
  const opened: Promise<RedisTiers> = import('./redis/open-redis.js').then((module) =>
    module.openRedis(redis, { root, maxStaleness, onFailover, remembers, ...shared }),
  )
  const link = promisedLink(
    opened.then((tiers) => tiers.link),
    redis.connectTimeout,
    clock,
  )
  const guard: Guard = new Guard(redis, link, clock, (state) => {
    if (state === 'open') voice.down(link.reason() ?? 'no reply in time')
    if (state !== 'closed') return
    voice.back()
    onBack()
  })
  let settleTime = (): number => redis.timeout
  opened.then(
    (tiers) => {
      settleTime = () => tiers.settleTime()
    },
    () => {}, // the link tells of it
  )
  return {
    ...guarded(guard, opened),
    settleTime: () => settleTime(),
    isUsable: () => guard.isUsable(),
    state: () => guard.state,
    ready: async () => {
      await link.started
      if (link.status === 'ready') return { redis: 'ready' }
      return { redis: 'unavailable', reason: link.reason() ?? 'no connection in time' }
    },
    close: async () => {
      guard.close()
      await opened.then(
        (tiers) => tiers.close(),
        () => undefined, // it never opened: nothing to close, and `ready()` has said why
      )
    },
  }
}

/** What there is of each namespace, each operation within the guard's bound. */
function guarded(
  guard: Guard,
  opened: Promise<RedisTiers>,
): Pick<RemoteTiers, 'of' | 'leasesOf' | 'lendingOf' | 'exchangeOf' | 'inspectorOf'> {
  const leases = (namespace: string, marks: Marks): GuardedLeases =>
    new GuardedLeases(
      guard,
      opened.then((tiers) => tiers.leasesOf(namespace, marks)),
    )
  return {
    of: (namespace, marks) =>
      new GuardedTier(
        guard,
        opened.then((tiers) => tiers.of(namespace, marks)),
      ),
    leasesOf: leases,
    lendingOf: leases,
    exchangeOf: (namespace, marks) =>
      new GuardedExchange(
        guard,
        opened.then((tiers) => tiers.exchangeOf(namespace, marks)),
      ),
    inspectorOf: (namespace, marks) =>
      new GuardedInspector(
        guard,
        opened.then((tiers) => tiers.inspectorOf(namespace, marks)),
      ),
  }
}
