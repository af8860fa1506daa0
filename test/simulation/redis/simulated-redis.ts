import { ScriptEngine } from '../lua/script-engine.js'
import { type CommandContext, type CommandRule, isArity } from './command.js'
import { COMMANDS } from './command-table.js'
import { CONNECTION_COMMANDS } from './connection-commands.js'
import { Keyspace, type Snapshot } from './keyspace.js'
import { PubSub } from './pub-sub.js'
import { ErrorReply, ERRORS, type Reply, wrongArity } from './reply.js'
import { SCRIPT_COMMANDS } from './script-commands.js'
import type { ServerConnection } from './server-connection.js'
import type { Server, Switches } from './server.js'
import { Tracking } from './tracking.js'

/** One compiler for all simulated servers of a process. */
const engine = new ScriptEngine()

/** One Redis 7.0 without a network: takes commands, gives replies. Time is given from outside. */
export class SimulatedRedis implements Server {
  readonly keyspace: Keyspace
  readonly switches: Switches = { full: false, readOnly: false, misconf: false, noReplicas: false }
  readonly pubSub: PubSub = new PubSub()
  readonly tracking: Tracking = new Tracking()
  readonly clusterNodes: string | undefined
  readonly connections: Set<ServerConnection> = new Set()
  /** Digests of the scripts it has. */
  readonly scripts: Set<string> = new Set()
  readonly #wall: () => number
  #incarnation = 1

  /** `wall`: milliseconds since 1970, with a fraction. `clusterNodes`: of a master of a Cluster. */
  constructor(wall: () => number, clusterNodes?: string) {
    this.#wall = wall
    this.clusterNodes = clusterNodes
    this.keyspace = new Keyspace(
      () => Math.floor(wall()),
      (name) => this.tracking.touch(name),
    )
  }

  get engine(): ScriptEngine {
    return engine
  }

  get runId(): string {
    return this.#incarnation.toString(16).padStart(40, '5')
  }

  get context(): CommandContext {
    return {
      keyspace: this.keyspace,
      now: this.#wall(),
      publish: (channel, message) => this.pubSub.publish(channel, message),
      info: () => this.#info(),
    }
  }

  /** The reply; undefined when there is none (SUBSCRIBE answers by pushes). */
  execute(connection: ServerConnection, words: readonly Buffer[]): Reply | undefined {
    const reply = this.#execute(connection, words)
    this.tracking.tell(this.connections)
    return reply
  }

  #execute(connection: ServerConnection, words: readonly Buffer[]): Reply | undefined {
    const name = (words[0] ?? Buffer.alloc(0)).toString('latin1').toLowerCase()
    const args = words.slice(1)
    const own = CONNECTION_COMMANDS[name]
    if (own !== undefined) {
      if (!isArity(own.arity, words.length)) return wrongArity(name)
      return own.run(this, connection, args)
    }
    if (connection.channels.size > 0) return subscribed(name)
    const script = SCRIPT_COMMANDS[name]
    if (script !== undefined) {
      if (!isArity(script.arity, words.length)) return wrongArity(name)
      return script.run(this, args)
    }
    return this.#command(words)
  }

  /** What keeps a command from running now. */
  refusal(command: Pick<CommandRule, 'write' | 'denyOom'>): ErrorReply | undefined {
    const { full, readOnly, misconf, noReplicas } = this.switches
    if (full && command.denyOom === true) return ERRORS.oom
    if (command.write !== true) return undefined
    if (readOnly) return ERRORS.readOnly
    if (misconf) return ERRORS.misconf
    return noReplicas ? ERRORS.noReplicas : undefined
  }

  evict(key: string): boolean {
    const isGone = this.keyspace.delete(Buffer.from(key))
    this.tracking.tell(this.connections)
    return isGone
  }

  /** Somebody's FLUSHALL. */
  flush(): void {
    this.keyspace.clear()
    this.tracking.flushed()
    this.tracking.tell(this.connections)
  }

  snapshot(): Snapshot {
    return this.keyspace.snapshot()
  }

  /** Another process under the same address: empty, or with what a replica had. All connections are lost. */
  restart(data?: Snapshot): void {
    this.#incarnation += 1
    this.scripts.clear()
    if (data === undefined) this.keyspace.clear()
    else this.keyspace.restore(data)
    for (const connection of this.connections) connection.close()
    this.connections.clear()
    this.pubSub.clear()
    this.tracking.clear()
  }

  #info(): string {
    const role = this.switches.readOnly ? 'slave' : 'master'
    const server = ['# Server', 'redis_version:7.0.15', 'redis_mode:standalone']
    const state = [`run_id:${this.runId}`, '', '# Persistence', 'loading:0', '']
    return [...server, ...state, '# Replication', `role:${role}`, ''].join('\r\n')
  }

  #command([word, ...args]: readonly Buffer[]): Reply {
    const given = (word ?? '').toString('latin1')
    const name = given.toLowerCase()
    const command = COMMANDS[name]
    if (command === undefined) return unknown(given, args)
    if (!isArity(command.arity, args.length + 1)) return wrongArity(name)
    return this.refusal(command) ?? command.run(this.context, args, name)
  }
}

function subscribed(name: string): ErrorReply {
  return new ErrorReply(
    `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  )
}

function unknown(name: string, args: readonly Buffer[]): ErrorReply {
  const shown = args.map((arg) => `'${arg.toString('latin1')}' `).join('')
  return new ErrorReply(`ERR unknown command '${name}', with args beginning with: ${shown}`)
}
