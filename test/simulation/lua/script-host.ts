import type { Reply } from '../redis/reply.js'

/** Runs a command on behalf of a script. */
export type ScriptHost = (args: readonly Buffer[]) => Reply
