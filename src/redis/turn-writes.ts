import { type JoinedScript, joinParts, MOST_ENTRIES, type PartCall } from './joined-script.js'
import type { CommandArgument, CommandClient } from './redis-client.js'
import type { RedisLink } from './redis-link.js'
import { TAKE } from './lease-scripts.js'
import { isUnknownScript, type Script, type ScriptCall } from './script.js'
import type { Turn } from './turn.js'
import { replyCode } from '../tier/failure.js'

/** Writes of one event-loop turn, in the order asked for, sent in pipelines (in Cluster one by one, each to its node). */
export class TurnWrites {
  readonly #client: CommandClient
  readonly #link: RedisLink
  readonly #turn: Turn
  #calls: (ScriptCall | PartCall)[] = []
  #puts: PutCall[] = []
  /** Scripts that the server at the other end of this connection has been sent as text. */
  readonly #known = new Set<Script>()
  #generation = -1

  constructor(client: CommandClient, link: RedisLink, turn: Turn) {
    this.#client = client
    this.#link = link
    this.#turn = turn
    turn.onEnd(() => this.#flush())
  }

  get isCluster(): boolean {
    return this.#client.isCluster === true
  }

  /** Runs the script. `args` may still be changed in this turn, or are asked for at its end. */
  run(script: Script, keys: readonly string[], args: ScriptCall['args']): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#add({ script, keys, args, resolve, reject, entries: 1 })
    })
  }

  /**
   * Puts something under a key that holds nothing, for so many milliseconds. False: the key holds something. Sent ahead of
   * the scripts of its turn.
   */
  put(key: string, value: string, ms: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#turn.schedule()
      this.#puts.push({ key, value, ms, resolve: (reply) => resolve(isDone(reply)), reject })
    })
  }

  /** Runs the script for this part, and for others of this turn, where they may stand in one call. */
  join<P, R>(joined: JoinedScript<P, R>, part: P): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      this.#add({ joined, part, resolve, reject } as PartCall<P, R> as PartCall)
    })
  }

  #add(call: ScriptCall | PartCall): void {
    this.#turn.schedule()
    this.#calls.push(call)
  }

  #flush(): void {
    const [puts, asked] = [this.#puts, this.#calls]
    if (puts.length === 0 && asked.length === 0) return
    this.#puts = []
    this.#calls = []
    const mayJoin = !this.isCluster
    const calls = [...(mayJoin ? together(puts) : puts), ...joinParts(asked, mayJoin)]
    if (!this.#link.isReady()) {
      const error = new Error('the connection was lost')
      for (const call of calls) call.reject(error)
    } else if (mayJoin) {
      for (const pipeline of pipelinesOf(calls)) void this.#sendTogether(pipeline)
    } else {
      for (const call of calls) this.#sendAlone(call)
    }
  }

  #sendAlone(call: Call): void {
    this.#send(this.#client, call).then(call.resolve, (error: unknown) => this.#again(call, error))
  }

  async #sendTogether(calls: readonly Call[]): Promise<void> {
    if (calls.length === 1) return this.#sendAlone(calls[0] as Call)
    try {
      const pipeline = this.#client.pipeline()
      for (const call of calls) this.#send<unknown>(pipeline, call)
      const outcomes = await pipeline.exec()
      for (const [i, call] of calls.entries()) {
        const [error, reply] = outcomes?.[i] ?? [new Error('no reply'), undefined]
        if (error === null) call.resolve(reply)
        else this.#again(call, error)
      }
    } catch (error) {
      for (const call of calls) call.reject(error)
    }
  }

  /**
   * The first time on a connection as text, then by its hash: a call that a server did not know by its hash would come a
   * round trip later, behind what was asked for after it. (In Cluster another node may not know it; nothing there relies on
   * the order of two calls.)
   */
  #send<R>(to: Sender<R>, call: Call): R {
    if ('value' in call) return to.set(call.key, call.value, 'PX', call.ms, 'NX')
    const { script, keys } = call
    const args = argumentsOf(call)
    const { generation } = this.#link
    if (generation !== this.#generation) {
      this.#generation = generation
      this.#known.clear()
    }
    if (this.#known.has(script)) return to.evalsha(script.sha, keys.length, ...keys, ...args)
    this.#known.add(script)
    return to.eval(script.lua, keys.length, ...keys, ...args)
  }

  /**
   * Of a server that has lost its scripts. A full one refuses a script before its first write, so as a whole: those of its
   * parts that write nothing are answered one by one.
   */
  #again(call: Call, error: unknown): void {
    const { resolve, reject } = call
    if ('value' in call || !this.#link.isReady()) return reject(error)
    if (isUnknownScript(error)) {
      const { script, keys } = call
      const args = argumentsOf(call)
      this.#client.eval(script.lua, keys.length, ...keys, ...args).then(resolve, reject)
    } else if (call.apart !== undefined && isOutOfMemory(error)) {
      for (const one of call.apart()) this.#sendAlone(one)
    } else reject(error)
  }
}

/**
 * As many calls as are for so many entries: what is in one pipeline is answered together, and that others are answered is a sign
 * of life for those behind them.
 */
function pipelinesOf(calls: readonly Call[]): Call[][] {
  const pipelines: Call[][] = []
  let entries = Infinity
  for (const call of calls) {
    const own = 'value' in call ? 1 : call.entries
    if (entries + own > MOST_ENTRIES) {
      pipelines.push([])
      entries = 0
    }
    pipelines.at(-1)?.push(call)
    entries += own
  }
  return pipelines
}

function argumentsOf({ args }: ScriptCall): readonly CommandArgument[] {
  return typeof args === 'function' ? args() : args
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && replyCode(error.message) === 'OOM'
}

/** Several puts that last equally long become one script. */
function together(puts: readonly PutCall[]): Call[] {
  const calls: Call[] = []
  for (let from = 0; from < puts.length;) {
    const first = puts[from] as PutCall
    let to = from + 1
    while (to < puts.length && to - from < MOST_ENTRIES && puts[to]?.ms === first.ms) to++
    calls.push(to - from === 1 ? first : taking(puts.slice(from, to), first.ms))
    from = to
  }
  return calls
}

function taking(puts: readonly PutCall[], ms: number): ScriptCall {
  return {
    script: TAKE,
    keys: puts.map(({ key }) => key),
    args: [ms, ...puts.map(({ value }) => value)],
    resolve: (replies) => {
      for (const [i, put] of puts.entries()) put.resolve((replies as readonly unknown[])[i])
    },
    reject: (error) => {
      for (const put of puts) put.reject(error)
    },
    entries: puts.length,
  }
}

/** Of a SET NX, by itself or in the script. */
function isDone(reply: unknown): boolean {
  return reply !== null && reply !== 0
}

interface PutCall {
  readonly key: string
  readonly value: string
  readonly ms: number
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: unknown) => void
}

type Call = ScriptCall | PutCall

interface Sender<R> {
  readonly set: (key: string, value: string, px: 'PX', ms: number, nx: 'NX') => R
  readonly eval: (lua: string, keyCount: number, ...args: CommandArgument[]) => R
  readonly evalsha: (sha: string, keyCount: number, ...args: CommandArgument[]) => R
}
