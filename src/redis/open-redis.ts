import type { Bus } from '../bus/bus.js'
import type { Trust } from '../bus/trust.js'
import type { Wakes } from '../bus/wakes.js'
import type { Clock } from '../clock.js'
import type { Body } from '../entry/entry.js'
import { newId } from '../entry/id.js'
import { Marks } from '../entry/marks.js'
import type { LeaseDesk } from '../flight/lease.js'
import type { Link } from '../tier/link.js'
import type { Tier } from '../tier/tier.js'
import { type Announcer, MarkerAnnouncer, PublishAnnouncer } from './announcer.js'
import { ClusterTags } from './cluster-tags.js'
import { connect, connectToNode, duplicateForBus } from './connect.js'
import { LateTags } from './late-tags.js'
import { MarkerBus } from './marker-bus.js'
import { NamespaceLife } from './namespace-life.js'
import { PublishBus } from './publish-bus.js'
import type { RedisEvent } from './redis-event.js'
import { channelOf, RedisKeys } from './redis-keys.js'
import { RedisLeases } from './redis-leases.js'
import { RedisLink } from './redis-link.js'
import type { RedisSettings } from './redis-settings.js'
import { RedisTags } from './redis-tags.js'
import { type RedisSpace, RedisTier } from './redis-tier.js'
import { RedisTime } from './redis-time.js'
import { SeenIds } from './seen-ids.js'
import { Turn } from './turn.js'
import { TurnReads } from './turn-reads.js'
import { TurnWrites } from './turn-writes.js'
import { VersionTable } from './version-table.js'

export interface RedisTiers {
  readonly link: Link
  /** The tier of a namespace; the same object for the same name. `marks`: what this process hears is noted there. */
  of(namespace: string, marks?: Marks): Tier<Body>
  leasesOf(namespace: string, marks?: Marks): LeaseDesk
  /** Milliseconds after which no write sent until now can take effect any more. */
  settleTime(): number
  /** Idempotent. Closes our own connections, lets go of a caller's. */
  close(): Promise<void>
}

export interface RedisContext {
  /** First segment of the namespaces that share this connection; names it in `CLIENT LIST`. */
  readonly root: string
  readonly clock: Clock
  readonly bus: Bus
  readonly trust: Trust
  readonly wakes: Wakes
  /** Milliseconds. */
  readonly maxStaleness: number
  readonly onFailover: 'clear' | 'keep'
  /** Whether versions of tags may be taken from what was heard: only where memory may be. */
  readonly remembers: boolean
  readonly report: (event: RedisEvent) => void
}

interface OpenSpace {
  readonly tier: RedisTier
  readonly leases: RedisLeases
  readonly life: NamespaceLife
}

/** Begins to connect. Importing this module loads ioredis; nothing else does. */
export function openRedis(settings: RedisSettings, context: RedisContext): RedisTiers {
  const { clock, report, root, trust, wakes, bus, maxStaleness } = context
  const { timeout, connectTimeout, maxValueBytes } = settings
  const connection = connect(settings, root)
  const { client } = connection
  const isCluster = client.isCluster === true
  const time = new RedisTime(clock)
  let started = (): void => {}
  const companion = new Promise<void>((resolve) => {
    started = resolve
  })
  const link = new RedisLink(connection, { connectTimeout, clock, time, companion })
  link.onChange(() => {
    const { status } = link
    if (status !== 'connecting') report({ type: 'connection', status, reason: link.reason() })
  })
  const turn = new Turn()
  const writes = new TurnWrites(client, link, turn)
  const reads = new TurnReads(client, link, turn)
  const instance = newId()
  const announcer: Announcer = isCluster
    ? new MarkerAnnouncer(root, instance, writes)
    : new PublishAnnouncer(channelOf(root), instance)
  const spaces = new Map<string, OpenSpace>()
  const hearing = {
    ...{ link, writes, root, instance, maxStaleness, bus, trust, wakes, clock, report },
    lives: () => [...spaces.values()].map(({ life }) => life),
  }
  const heard = isCluster
    ? new MarkerBus({
        ...hearing,
        ...{ client, reads },
        connectTo: (address, like) =>
          connectToNode(client, like, address, { connectTimeout, root }),
      })
    : new PublishBus({
        ...hearing,
        subscriber: duplicateForBus(client, connectTimeout, root),
      })
  void heard.started.then(started)

  function open(namespace: string, marks: Marks): OpenSpace {
    const keys = new RedisKeys(namespace)
    const clearHere = (): void => bus.announce(namespace, { kind: 'clear' }, 'heard')
    const { onFailover, remembers } = context
    const parts = { namespace, marks, link, writes, announcer }
    const life = new NamespaceLife({ ...parts, key: keys.version, onFailover, clearHere })
    const isSure = (): boolean => remembers && trust.isCoherent(clock.now())
    const space: RedisSpace = {
      ...{ namespace, keys, reads, writes, life, announcer, time, link, clock, report },
      ...{ timeout, maxValueBytes },
      tags: isCluster
        ? new ClusterTags({ namespace, keys, writes, reads, announcer, turn })
        : new RedisTags({ namespace, keys, writes, link, life, announcer }),
      table: new VersionTable(marks, isSure),
      seen: new SeenIds(),
      moment: () => marks.moment,
    }
    const tier = new RedisTier(space)
    const lateTags = new LateTags()
    return { tier, life, leases: new RedisLeases({ space, tier, wakes, lateTags }) }
  }

  function spaceOf(namespace: string, marks: Marks | undefined): OpenSpace {
    const space = spaces.get(namespace) ?? open(namespace, marks ?? new Marks())
    spaces.set(namespace, space)
    return space
  }

  return {
    link,
    of: (namespace, marks) => spaceOf(namespace, marks).tier,
    leasesOf: (namespace, marks) => spaceOf(namespace, marks).leases,
    settleTime: () => timeout + time.width,
    close: async () => {
      heard.close()
      await link.close()
    },
  }
}
