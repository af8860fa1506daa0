import type { Keyspace } from './keyspace.js'
import type { Reply } from './reply.js'

/** What a command may touch. */
export interface CommandContext {
  readonly keyspace: Keyspace
  /** Milliseconds since 1970, with a fraction. */
  readonly now: number
  /** Publishes; how many heard it. */
  publish(channel: Buffer, message: Buffer): number
  /** The text of INFO. */
  info(): string
}

export interface CommandRule {
  /** How many words, the name included; negative: at least. */
  readonly arity: number
  readonly write?: boolean
  /** Refused while the server is full. */
  readonly denyOom?: boolean
  readonly noScript?: boolean
}

/** `args` without the name. Returns the reply. */
export type Run = (context: CommandContext, args: readonly Buffer[], name: string) => Reply

export interface Command extends CommandRule {
  readonly run: Run
}

export function isArity(arity: number, words: number): boolean {
  return arity < 0 ? words >= -arity : words === arity
}
