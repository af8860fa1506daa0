import type { Clock } from '../clock.js'
import type { Body } from '../entry/entry.js'
import type { Link } from '../tier/link.js'
import type { Tier } from '../tier/tier.js'
import { connect } from './connect.js'
import type { RedisEvent } from './redis-event.js'
import { RedisKeys } from './redis-keys.js'
import { RedisLink } from './redis-link.js'
import type { RedisSettings } from './redis-settings.js'
import { RedisTags } from './redis-tags.js'
import { RedisTier } from './redis-tier.js'
import { RedisTime } from './redis-time.js'
import { Turn } from './turn.js'
import { TurnReads } from './turn-reads.js'
import { TurnWrites } from './turn-writes.js'

export interface RedisTiers {
  readonly link: Link
  /** The tier of a namespace; the same object for the same name. */
  of(namespace: string): Tier<Body>
  /** Idempotent. Closes our own connection, lets go of a caller's. */
  close(): Promise<void>
}

export interface RedisContext {
  /** First segment of the namespaces that share this connection; names it in `CLIENT LIST`. */
  readonly root: string
  readonly clock: Clock
  readonly report: (event: RedisEvent) => void
}

/** Begins to connect. Importing this module loads ioredis; nothing else does. */
export function openRedis(settings: RedisSettings, context: RedisContext): RedisTiers {
  const { clock, report, root } = context
  const connection = connect(settings, root)
  const { client } = connection
  const time = new RedisTime(clock)
  const link = new RedisLink(connection, settings.connectTimeout, clock, time)
  link.onChange(() => {
    const { status } = link
    if (status !== 'connecting') report({ type: 'connection', status, reason: link.reason() })
  })
  const turn = new Turn()
  const writes = new TurnWrites(client, link, turn)
  const reads = new TurnReads(client, link, turn)
  const tiers = new Map<string, RedisTier>()

  function open(namespace: string): RedisTier {
    const keys = new RedisKeys(namespace)
    const tags = new RedisTags(keys, writes, turn, clock)
    const { maxValueBytes, timeout } = settings
    return new RedisTier({
      namespace,
      keys,
      reads,
      writes,
      tags,
      time,
      link,
      clock,
      timeout,
      maxValueBytes,
      report,
    })
  }

  return {
    link,
    of(namespace) {
      const tier = tiers.get(namespace) ?? open(namespace)
      tiers.set(namespace, tier)
      return tier
    },
    close: () => link.close(),
  }
}
