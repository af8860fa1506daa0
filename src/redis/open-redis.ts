import type { Body } from '../entry/entry.js'
import type { Marks } from '../entry/marks.js'
import type { LeaseDesk } from '../flight/lease.js'
import type { LendingDesk } from '../flight/lending.js'
import type { Exchange } from '../tier/exchange.js'
import type { Inspector } from '../tier/inspector.js'
import type { Link } from '../tier/link.js'
import type { Tier } from '../tier/tier.js'
import { openBus } from './open-bus.js'
import { openCore, type RedisContext } from './redis-core.js'
import type { RedisSettings } from './redis-settings.js'
import { RedisSpaces } from './redis-spaces.js'

export interface RedisTiers {
  readonly link: Link
  /** The tier of a namespace; the same object for the same name. `marks`: what this process hears is noted there. */
  of(namespace: string, marks?: Marks): Tier<Body>
  leasesOf(namespace: string, marks?: Marks): LeaseDesk & LendingDesk
  exchangeOf(namespace: string, marks?: Marks): Exchange
  inspectorOf(namespace: string, marks?: Marks): Inspector
  /** Milliseconds after which no write sent until now can take effect any more. */
  settleTime(): number
  /** Idempotent. Closes our own connections, lets go of a caller's. */
  close(): Promise<void>
}

/** Begins to connect. Importing this module loads ioredis; nothing else does. */
export function openRedis(settings: RedisSettings, context: RedisContext): RedisTiers {
  let heard = (): void => {}
  const hearing = new Promise<void>((resolve) => {
    heard = resolve
  })
  const core = openCore(settings, context, hearing)
  const spaces = new RedisSpaces(core)
  const bus = openBus(core, () => spaces.lives())
  void bus.started.then(heard)
  return {
    link: core.link,
    of: (namespace, marks) => spaces.of(namespace, marks).tier,
    leasesOf: (namespace, marks) => spaces.of(namespace, marks).leases,
    exchangeOf: (namespace, marks) => spaces.of(namespace, marks).exchange,
    inspectorOf: (namespace, marks) => spaces.of(namespace, marks).inspector,
    settleTime: () => settings.timeout + core.time.width,
    close: async () => {
      bus.close()
      await core.link.close()
    },
  }
}
