import type { CommandArgument, CommandClient } from './redis-client.js'
import type { RedisLink } from './redis-link.js'
import { isUnknownScript, type Script } from './scripts.js'
import type { Turn } from './turn.js'

/** Commands of one pipeline. */
const MOST_COMMANDS = 512

/** Writes of one event-loop turn, in the order asked for, sent as one pipeline (in Cluster one by one, each to its node). */
export class TurnWrites {
  readonly #client: CommandClient
  readonly #link: RedisLink
  readonly #turn: Turn
  #commands: Command[] = []

  constructor(client: CommandClient, link: RedisLink, turn: Turn) {
    this.#client = client
    this.#link = link
    this.#turn = turn
    turn.onEnd(() => this.#flush())
  }

  /** Keys of any slots. */
  async del(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    if (this.#client.isCluster === true)
      await Promise.all(keys.map((key) => this.#add('del', [key])))
    else await this.#add('del', [...keys])
  }

  /** Runs the script on its one key. `args` may still be changed in this turn. */
  async run(script: Script, key: string, args: readonly CommandArgument[]): Promise<unknown> {
    try {
      return await this.#add('evalsha', new ScriptCall(script, key, args))
    } catch (error) {
      if (!isUnknownScript(error)) throw error
      if (!this.#link.isReady()) throw error
      return this.#client.eval(script.lua, 1, key, ...args)
    }
  }

  /**
   * Runs a short script on its one key, in its place among the other writes whatever happens: a server that did not know
   * it by its hash would get it a round trip later, after a DEL that was asked for after it.
   */
  runText(lua: string, key: string, args: readonly CommandArgument[]): Promise<unknown> {
    return this.#add('eval', [lua, 1, key, ...args])
  }

  #add(name: Command['name'], args: Command['args']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#commands.length === 0) this.#turn.schedule()
      this.#commands.push({ name, args, resolve, reject })
    })
  }

  #flush(): void {
    const commands = this.#commands
    if (commands.length === 0) return
    this.#commands = []
    if (!this.#link.isReady()) {
      const error = new Error('the connection was lost')
      for (const command of commands) command.reject(error)
    } else if (commands.length === 1 || this.#client.isCluster === true) {
      for (const command of commands) {
        send(this.#client, command).then(command.resolve, command.reject)
      }
    } else {
      for (let from = 0; from < commands.length; from += MOST_COMMANDS) {
        void this.#sendTogether(commands.slice(from, from + MOST_COMMANDS))
      }
    }
  }

  async #sendTogether(commands: readonly Command[]): Promise<void> {
    try {
      const pipeline = this.#client.pipeline()
      for (const command of commands) send<unknown>(pipeline, command)
      const outcomes = await pipeline.exec()
      for (const [i, command] of commands.entries()) {
        const [error, reply] = outcomes?.[i] ?? [new Error('no reply'), undefined]
        if (error === null) command.resolve(reply)
        else command.reject(error)
      }
    } catch (error) {
      for (const command of commands) command.reject(error)
    }
  }
}

interface Command {
  readonly name: 'del' | 'eval' | 'evalsha'
  readonly args: readonly CommandArgument[] | ScriptCall
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Its arguments are read when it is sent, not when it is asked for. */
class ScriptCall {
  readonly #script: Script
  readonly #key: string
  readonly #args: readonly CommandArgument[]

  constructor(script: Script, key: string, args: readonly CommandArgument[]) {
    this.#script = script
    this.#key = key
    this.#args = args
  }

  toArray(): CommandArgument[] {
    return [this.#script.sha, 1, this.#key, ...this.#args]
  }
}

interface Sender<R> {
  readonly del: (...args: string[]) => R
  readonly eval: (lua: string, keyCount: number, ...args: CommandArgument[]) => R
  readonly evalsha: (sha: string, keyCount: number, ...args: CommandArgument[]) => R
}

function send<R>(to: Sender<R>, { name, args }: Command): R {
  const list = args instanceof ScriptCall ? args.toArray() : args
  return (to[name] as (...args: readonly CommandArgument[]) => R)(...list)
}
