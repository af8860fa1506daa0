import { Redis } from 'ioredis'
import { SentCommand } from '../client/sent-command.js'
import type { ServerConnection } from '../redis/server-connection.js'
import { SimulatedRedis } from '../redis/simulated-redis.js'
import type { Call } from './calls.js'
import { isNearlyEqual, normalReal, normalSimulated } from './normal-reply.js'
import { KEYS } from './plausible.js'

/** A real Redis and a simulated one that are told the same. */
export class Pair {
  readonly simulated: SimulatedRedis = new SimulatedRedis(() => Date.now())
  readonly #real: Redis
  readonly #connection: ServerConnection = {
    id: 1,
    name: 'test',
    channels: new Set(),
    send: () => {},
    close: () => {},
  }

  constructor(url: string) {
    this.#real = new Redis(url)
  }

  /** The first call that was answered differently, in words. */
  async firstDifference(calls: readonly Call[]): Promise<string | undefined> {
    const pipeline = this.#real.pipeline()
    for (const call of calls) pipeline.callBuffer(...(call as readonly [string, ...string[]]))
    const sent = pipeline.exec()
    const simulated = calls.map((call) => this.#simulate(call))
    const outcomes = (await sent) ?? []
    for (const [i, call] of calls.entries()) {
      const [error, reply] = outcomes[i] ?? []
      const real = JSON.stringify(normalReal(error ?? reply))
      const ours = JSON.stringify(simulated[i])
      if (!isNearlyEqual(real, ours))
        return `${described(call)}\n  real:      ${real}\n  simulated: ${ours}`
    }
    return await this.#stateDifference()
  }

  async command(...call: Call): Promise<unknown> {
    return await this.#real.callBuffer(...(call as readonly [string, ...string[]]))
  }

  async close(): Promise<void> {
    await this.#real.quit()
  }

  async #stateDifference(): Promise<string | undefined> {
    for (const key of [...KEYS, 'k']) {
      const type = String(normalReal(await this.command('TYPE', key)))
      const looks: Call[] = [
        ['TYPE', key],
        ['PTTL', key],
      ]
      if (type === 'string') looks.push(['GET', key])
      if (type === 'list') looks.push(['LRANGE', key, 0, -1])
      for (const look of looks) {
        const real = JSON.stringify(normalReal(await this.command(...look)))
        const ours = JSON.stringify(this.#simulate(look))
        if (!isNearlyEqual(real, ours))
          return `state: ${described(look)}\n  real:      ${real}\n  simulated: ${ours}`
      }
    }
    return undefined
  }

  #simulate(call: Call): unknown {
    const { words } = new SentCommand(call[0], call.slice(1), true)
    return normalSimulated(this.simulated.execute(this.#connection, words))
  }
}

function described(call: Call): string {
  return call.map((word) => JSON.stringify(String(word)).slice(0, 300)).join(' ')
}
