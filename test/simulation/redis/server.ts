import type { ScriptEngine } from '../lua/script-engine.js'
import type { CommandContext, CommandRule } from './command.js'
import type { PubSub } from './pub-sub.js'
import type { Tracking } from './tracking.js'
import type { ErrorReply } from './reply.js'
import type { ServerConnection } from './server-connection.js'

/** What a server refuses, and how. Set by tests at any time. */
export interface Switches {
  /** At `maxmemory` with noeviction. */
  full: boolean
  /** A replica now. */
  readOnly: boolean
  /** A snapshot could not be written. */
  misconf: boolean
  /** `min-replicas-to-write` is not met. */
  noReplicas: boolean
}

/** The server as those commands see it that need more than its keys. */
export interface Server {
  readonly switches: Switches
  readonly pubSub: PubSub
  readonly tracking: Tracking
  /** What it says of its Cluster; undefined outside of one. */
  readonly clusterNodes: string | undefined
  readonly connections: ReadonlySet<ServerConnection>
  /** Digests of the scripts it has. */
  readonly scripts: Set<string>
  readonly engine: ScriptEngine
  readonly context: CommandContext
  /** What keeps a command from running now. */
  refusal(command: Pick<CommandRule, 'write' | 'denyOom'>): ErrorReply | undefined
}
