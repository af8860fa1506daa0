import type { Dice } from '../../support/dice.js'
import type { ServerConnection } from '../redis/server-connection.js'
import type { SimulatedRedis } from '../redis/simulated-redis.js'
import type { Owner } from '../time/owner.js'
import type { Scheduler } from '../time/scheduler.js'
import type { Trace } from '../time/trace.js'

export interface NetworkParts {
  readonly scheduler: Scheduler
  readonly dice: Dice
  readonly trace: Trace
  readonly redis: SimulatedRedis
  /** Milliseconds of a message: most of them take less than the first, some up to the second. */
  readonly delays: readonly [usual: number, longest: number]
}

/** Who dials. */
export interface Host extends Owner {
  readonly name: string
}

/** What a socket needs of the network it belongs to. */
export interface SocketHome {
  readonly parts: NetworkParts
  /** Milliseconds of the next message. */
  delay(): number
  /** A request has arrived. */
  serve(connection: ServerConnection, words: readonly Buffer[]): void
  /** The server's side is over. */
  forget(socket: object): void
}
