import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Dice } from '../../support/dice.js'
import { startRedis } from '../../support/redis-server.js'
import { Network } from '../net/network.js'
import type { Host } from '../net/network-parts.js'
import { SimulatedRedis } from '../redis/simulated-redis.js'
import { Loop } from '../time/loop.js'
import { EPOCH, ProcessClock } from '../time/process-clock.js'
import { Scheduler } from '../time/scheduler.js'
import { Trace } from '../time/trace.js'
import type { SimulatedClientOptions } from './client-options.js'
import { SimulatedClient } from './simulated-client.js'

/** What the two kinds of client have in common. */
export type AnyClient = Pick<
  SimulatedClient,
  | 'status'
  | 'on'
  | 'stream'
  | 'connect'
  | 'disconnect'
  | 'quit'
  | 'call'
  | 'getBuffer'
  | 'mgetBuffer'
  | 'subscribe'
  | 'unsubscribe'
  | 'publish'
  | 'ping'
  | 'time'
> & { pipeline(): { call(...args: string[]): unknown; exec(): Promise<unknown> } }

/** A server with clients, real or simulated. */
export interface ClientDriver {
  open(options: Partial<SimulatedClientOptions>): AnyClient
  /** Lets time pass: enough for everything that is not held up. */
  pass(ms?: number): Promise<void>
  /** The server accepts and does not answer. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

export async function realDriver(): Promise<ClientDriver> {
  const server = await startRedis()
  const opened: Redis[] = []
  return {
    open: (options) => {
      const client = new Redis(server.url, { disconnectTimeout: 50, ...(options as object) })
      client.on('error', () => {})
      opened.push(client)
      return client as unknown as AnyClient
    },
    pass: (ms = 100) => sleep(ms),
    freeze: () => server.stop(),
    thaw: () => server.cont(),
    close: async () => {
      for (const client of opened) client.disconnect()
      await server.close()
    },
  }
}

export async function simulatedDriver(): Promise<ClientDriver> {
  const dice = new Dice(1)
  const loop = new Loop()
  const scheduler = new Scheduler(loop)
  const redis = new SimulatedRedis(() => EPOCH + scheduler.now)
  const trace = new Trace(false)
  const network = new Network({ scheduler, dice, trace, redis, delays: [0.5, 5] })
  const host: Host = { name: 'host', state: 'running', backlog: [] }
  const clock = new ProcessClock(scheduler, host, { origin: 0, wall: 0 })
  return {
    open: (options) => {
      const client = new SimulatedClient({ network, host, clock }, options)
      client.on('error', () => {})
      return client
    },
    pass: async (ms = 150) => await scheduler.run(scheduler.now + ms),
    freeze: () => network.freeze(),
    thaw: () => network.thaw(),
    close: async () => {},
  }
}
