import { Dice } from '../../support/dice.js'
import { clusterNodes, hostOf } from '../net/cluster-layout.js'
import { Network } from '../net/network.js'
import { SimulatedRedis } from '../redis/simulated-redis.js'
import type { Loop } from '../time/loop.js'
import { EPOCH } from '../time/process-clock.js'
import { Scheduler } from '../time/scheduler.js'
import { Trace } from '../time/trace.js'
import { Checker } from './checker.js'
import { keysOf, namespaceOf } from './row-key.js'
import { Rows } from './rows.js'
import type { ScheduleOptions } from './schedule-options.js'
import { SimulatedProcess } from './simulated-process.js'

/** Everything a schedule consists of. All chance comes from one seed. */
export class World {
  readonly options: ScheduleOptions
  readonly dice: Dice
  readonly scheduler: Scheduler
  readonly trace: Trace
  /** One, or the masters of a Cluster. */
  readonly servers: readonly SimulatedServer[]
  readonly rows: Rows
  readonly checker: Checker
  readonly processes: SimulatedProcess[] = []
  readonly counts: Counts = { reads: 0, writes: 0, applied: 0, queued: 0, faults: 0, errors: 0 }
  readonly outcomes: Record<string, number> = {}
  /** Milliseconds by which the server's clock is not the clients'. */
  redisSkew: number
  /** Actors go on until then. */
  readonly end: number
  readonly #loop: Loop
  #born = 0
  /** Slots whose process has died. */
  readonly #vacant: number[] = []
  #onBirth: (process: SimulatedProcess) => void = () => {}

  constructor(seed: number, loop: Loop, options: ScheduleOptions) {
    this.options = options
    this.dice = new Dice(seed)
    this.#loop = loop
    this.scheduler = new Scheduler(loop)
    this.trace = new Trace(options.keepTrace)
    this.redisSkew = this.dice.int(-60_000, 60_000)
    const delays = [0.5, this.dice.pick([1, 5, 20])] as const
    const masters = options.masters
    this.servers = Array.from({ length: Math.max(1, masters) }, (_, i) =>
      this.#serverOf(i, delays, masters === 0 ? undefined : clusterNodes(masters)),
    )
    this.rows = new Rows(this.scheduler, (key) => {
      this.log(`two loads of ${key} at once`)
      if (options.isOneLoad) this.checker.reportTwoLoads(key, this.scheduler.now)
    })
    this.checker = new Checker(options.tolerance)
    this.end = options.duration
  }

  get isOver(): boolean {
    return this.scheduler.now >= this.end
  }

  anyServer(): SimulatedServer {
    return this.dice.pick(this.servers)
  }

  log(text: string): void {
    this.trace.add(this.scheduler.now, text)
  }

  /** Another row of the same namespace, itself if there is none. */
  neighbourOf(key: string): string {
    const { keys, namespaces } = this.options
    const home = namespaceOf(key, namespaces)
    const all = keysOf(keys).filter((one) => namespaceOf(one, namespaces) === home)
    return all[(all.indexOf(key) + 1) % all.length] ?? key
  }

  /** Starts the processes; `onBirth` gives each of them, and those that replace them, something to do. */
  async populate(onBirth: (process: SimulatedProcess) => void): Promise<void> {
    this.#onBirth = onBirth
    for (let slot = 0; slot < this.options.processes; slot++) await this.#give(slot)
  }

  kill(slot: number): void {
    const process = this.processes[slot]
    if (process === undefined || process.state === 'dead') return
    this.log(`kill ${process.name}`)
    process.kill(this.dice.chance(0.3))
    this.#vacant.push(slot)
  }

  /** Others take the place of the dead. */
  async replaceDead(): Promise<void> {
    for (const slot of this.#vacant.splice(0)) await this.#give(slot)
  }

  #serverOf(i: number, delays: readonly [number, number], nodes?: string): SimulatedServer {
    const { scheduler, trace } = this
    const redis = new SimulatedRedis(() => EPOCH + this.redisSkew + scheduler.now, nodes)
    const dice = new Dice(this.dice.int(0, 2 ** 31))
    const network = new Network({ scheduler, trace, redis, delays, dice }, hostOf(i))
    return { redis, network }
  }

  async #give(slot: number): Promise<void> {
    const { dice, servers, options, scheduler } = this
    const networks = servers.map(({ network }) => network)
    const { cache, redis, client, namespaces, masters } = options
    const parts = {
      networks,
      scheduler,
      dice,
      loop: this.#loop,
      isCluster: masters > 0,
      cache,
      redis,
      client,
      namespaces,
    }
    const process = await SimulatedProcess.start(`p${++this.#born}`, parts)
    this.processes[slot] = process
    this.#onBirth(process)
  }
}

/** A Redis and the way to it. */
export interface SimulatedServer {
  readonly redis: SimulatedRedis
  readonly network: Network
}

interface Counts {
  reads: number
  writes: number
  applied: number
  queued: number
  faults: number
  errors: number
}
