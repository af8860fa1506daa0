import type { Bus } from '../bus/bus.js'
import type { Trust } from '../bus/trust.js'
import type { Wakes } from '../bus/wakes.js'
import type { Clock } from '../clock.js'
import { newId } from '../entry/id.js'
import { type Announcer, MarkerAnnouncer, PublishAnnouncer } from './announcer.js'
import { connect } from './connect.js'
import type { CommandClient } from './redis-client.js'
import type { RedisEvent } from './redis-event.js'
import { channelOf } from './redis-keys.js'
import { RedisLink } from './redis-link.js'
import type { RedisSettings } from './redis-settings.js'
import { RedisTime } from './redis-time.js'
import { Turn } from './turn.js'
import { TurnReads } from './turn-reads.js'
import { TurnWrites } from './turn-writes.js'

/** What the rest of the cache gives to the folder that speaks to Redis. */
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

/** The connection of one cache, with what all its namespaces share. */
export interface RedisCore extends RedisContext {
  readonly settings: RedisSettings
  readonly client: CommandClient
  readonly isCluster: boolean
  readonly link: RedisLink
  readonly time: RedisTime
  readonly turn: Turn
  readonly reads: TurnReads
  readonly writes: TurnWrites
  readonly announcer: Announcer
  /** Random id of this cache: what it announces itself it need not hear. */
  readonly instance: string
}

/** Begins to connect. `companion`: see `RedisLinkParts`. */
export function openCore(
  settings: RedisSettings,
  context: RedisContext,
  companion: Promise<void>,
): RedisCore {
  const { clock, report, root } = context
  const connection = connect(settings, root)
  const { client } = connection
  const { connectTimeout } = settings
  const time = new RedisTime(clock)
  const link = new RedisLink(connection, { connectTimeout, clock, time, companion })
  link.onChange(() => {
    const { status } = link
    if (status !== 'connecting') report({ type: 'connection', status, reason: link.reason() })
  })
  const turn = new Turn()
  const writes = new TurnWrites(client, link, turn)
  const reads = new TurnReads(client, link, turn)
  const instance = newId()
  const isCluster = client.isCluster === true
  const announcer = isCluster
    ? new MarkerAnnouncer(root, instance, writes)
    : new PublishAnnouncer(channelOf(root), instance)
  const conversation = { client, isCluster, link, time, turn, reads, writes }
  return { ...context, ...conversation, settings, announcer, instance }
}
