import type { Cache } from '../../../src/cache/cache.js'
import type { EngineOptions } from '../../../src/cache/options.js'
import { assembleCache } from '../../../src/create-cache.js'
import type { RedisLimits } from '../../../src/redis/redis-settings.js'
import { Dice } from '../../support/dice.js'
import { SimulatedClient } from '../client/simulated-client.js'
import { SimulatedCluster } from '../client/simulated-cluster.js'
import type { SimulatedClientOptions } from '../client/client-options.js'
import type { Network } from '../net/network.js'
import type { Host } from '../net/network-parts.js'
import type { Loop } from '../time/loop.js'
import type { Scheduler } from '../time/scheduler.js'
import { ProcessClock } from '../time/process-clock.js'
import { namespaceOf } from './row-key.js'

export interface ProcessParts {
  /** To each server. */
  readonly networks: readonly Network[]
  readonly scheduler: Scheduler
  readonly isCluster: boolean
  readonly loop: Loop
  readonly dice: Dice
  readonly cache: EngineOptions
  readonly redis: RedisLimits
  /** How many, children included. */
  readonly namespaces: number
  /** How the application that owns the connection configured it. */
  readonly client: Partial<SimulatedClientOptions>
}

/** One incarnation of a process: a clock, a connection and a cache of its own. */
export class SimulatedProcess implements Host {
  readonly name: string
  readonly clock: ProcessClock
  readonly client: SimulatedClient | SimulatedCluster
  readonly #parts: ProcessParts
  /** Of each namespace, the root first. */
  readonly #caches: readonly Cache[]
  state: Host['state'] = 'running'
  readonly backlog: (() => void)[] = []
  /** In virtual time. */
  diedAt: number | undefined

  private constructor(name: string, parts: ProcessParts) {
    const { scheduler, dice, cache, redis, namespaces } = parts
    const own = new Dice(dice.int(0, 2 ** 31))
    this.name = name
    const skew = { origin: own.int(0, 1e6), wall: own.int(-5_000, 5_000) }
    this.#parts = parts
    this.clock = new ProcessClock(scheduler, this, skew)
    this.client = clientOf(this, parts)
    const fixed = { namespace: 'sim', logger: false, dev: false } as const
    const root = assembleCache(
      { ...fixed, ...cache, redis: { ...redis, client: this.client } },
      { clock: this.clock, random: () => own.next() },
    )
    root.on('error', () => {})
    const children = Array.from({ length: namespaces - 1 }, (_, i) => root.namespace(`child${i}`))
    this.#caches = [root, ...children]
  }

  /** Starts one and lets it connect. `import()` takes Node some turns: virtual time stands still meanwhile. */
  static async start(name: string, parts: ProcessParts): Promise<SimulatedProcess> {
    const started = new SimulatedProcess(name, parts)
    await parts.loop.until(() => started.client.listenerCount('end') > 0)
    started.client.connect().catch(() => {})
    return started
  }

  cacheOf(key: string): Cache {
    return this.#caches[namespaceOf(key, this.#caches.length)] as Cache
  }

  /** Power cut, or SIGKILL: then the kernel still closes its sockets. */
  kill(isSilent: boolean): void {
    const { networks, scheduler } = this.#parts
    for (const socket of networks.flatMap((network) => network.sockets(this))) {
      if (isSilent) socket.abandon()
      else socket.destroy()
    }
    this.state = 'dead'
    this.diedAt = scheduler.now
  }
}

function clientOf(
  host: SimulatedProcess,
  { networks, isCluster, client }: ProcessParts,
): SimulatedClient | SimulatedCluster {
  const { clock } = host
  const [network] = networks as [Network]
  if (isCluster) return new SimulatedCluster({ host, clock }, networks)
  return new SimulatedClient({ network, host, clock }, { ...client, lazyConnect: true })
}
