import { Marks } from '../entry/marks.js'
import type { Inspector } from '../tier/inspector.js'
import { ClusterTags } from './cluster-tags.js'
import { LateTags } from './late-tags.js'
import { NamespaceLife } from './namespace-life.js'
import type { RedisCore } from './redis-core.js'
import { RedisExchange } from './redis-exchange.js'
import { RedisInspector } from './redis-inspector.js'
import { RedisKeys } from './redis-keys.js'
import { RedisLeases } from './redis-leases.js'
import { RedisTags } from './redis-tags.js'
import type { RedisSpace } from './redis-space.js'
import { RedisTier } from './redis-tier.js'
import { Renewals } from './renewals.js'
import { SeenIds } from './seen-ids.js'
import { VersionTable } from './version-table.js'

/** What there is of one namespace. */
export interface OpenSpace {
  readonly tier: RedisTier
  readonly leases: RedisLeases
  readonly exchange: RedisExchange
  readonly inspector: Inspector
  readonly life: NamespaceLife
}

/** The namespaces in use on one connection; each is made once. */
export class RedisSpaces {
  readonly #core: RedisCore
  readonly #spaces = new Map<string, OpenSpace>()
  readonly #renewals: Renewals

  constructor(core: RedisCore) {
    this.#core = core
    this.#renewals = new Renewals(core.clock)
  }

  lives(): readonly NamespaceLife[] {
    return [...this.#spaces.values()].map(({ life }) => life)
  }

  of(namespace: string, marks: Marks | undefined): OpenSpace {
    const space = this.#spaces.get(namespace) ?? this.#open(namespace, marks ?? new Marks())
    this.#spaces.set(namespace, space)
    return space
  }

  #open(namespace: string, marks: Marks): OpenSpace {
    const core = this.#core
    const { bus, trust, clock, wakes, remembers, settings, isCluster } = core
    const { timeout, maxValueBytes } = settings
    const keys = new RedisKeys(namespace)
    const clearHere = (): void => bus.announce(namespace, { kind: 'clear' }, 'heard')
    const life = new NamespaceLife({ ...core, namespace, key: keys.version, marks, clearHere })
    const isSure = (): boolean => remembers && trust.isCoherent(clock.now())
    const named = { ...core, namespace, keys, life }
    const space: RedisSpace = {
      ...named,
      timeout,
      maxValueBytes,
      tags: isCluster ? new ClusterTags(named) : new RedisTags(named),
      table: new VersionTable(marks, isSure),
      seen: new SeenIds(),
      moment: () => marks.moment,
      isRevoked: (since, key, tags) => marks.isRevoked(since, key, tags),
    }
    const tier = new RedisTier(space)
    const renewals = this.#renewals
    const leases = new RedisLeases({ space, wakes, lateTags: new LateTags(), renewals })
    const exchange = new RedisExchange(space)
    return { tier, life, leases, exchange, inspector: new RedisInspector({ ...core, space }) }
  }
}
