import { type CommandRule, isArity } from './command.js'
import { CONNECTION_COMMANDS } from './connection-commands.js'
import { parseInteger } from './integer.js'
import { ErrorReply, ERRORS, OK, type Reply } from './reply.js'
import { COMMANDS } from './command-table.js'
import type { Server } from './server.js'

/** Commands about scripts; no script may call them. */
export interface ScriptCommand {
  readonly arity: number
  run(server: Server, args: readonly Buffer[]): Reply
}

function evalText(server: Server, [text, ...rest]: readonly Buffer[]): Reply {
  const parts = split(rest)
  if (parts instanceof ErrorReply) return parts
  const sha = server.engine.compile(text!)
  if (sha instanceof ErrorReply) return sha
  server.scripts.add(sha)
  return runCompiled(server, sha, parts)
}

function evalSha(server: Server, [word, ...rest]: readonly Buffer[]): Reply {
  const parts = split(rest)
  if (parts instanceof ErrorReply) return parts
  const sha = word!.toString('latin1').toLowerCase()
  return server.scripts.has(sha) ? runCompiled(server, sha, parts) : ERRORS.noScript
}

interface Parts {
  readonly keys: readonly Buffer[]
  readonly args: readonly Buffer[]
}

function split([count, ...words]: readonly Buffer[]): Parts | ErrorReply {
  const keys = parseInteger(count!)
  if (keys === undefined) return ERRORS.notAnInteger
  if (keys > words.length) {
    return new ErrorReply("ERR Number of keys can't be greater than number of args")
  }
  if (keys < 0) return new ErrorReply("ERR Number of keys can't be negative")
  return { keys: words.slice(0, keys), args: words.slice(keys) }
}

function runCompiled(server: Server, sha: string, { keys, args }: Parts): Reply {
  const script = { isDirty: false }
  return server.engine.run(sha, keys, args, (words) => runInScript(server, words, script))
}

/** A command of a script. At maxmemory only the first write may be refused: afterwards it is too late to stop. */
function runInScript(
  server: Server,
  words: readonly Buffer[],
  script: { isDirty: boolean },
): Reply {
  const name = words[0]!.toString('latin1').toLowerCase()
  const command = COMMANDS[name]
  const rule: CommandRule | undefined =
    command ?? SCRIPT_COMMANDS[name] ?? CONNECTION_COMMANDS[name]
  if (rule === undefined) return new ErrorReply('ERR Unknown Redis command called from script')
  if (!isArity(rule.arity, words.length)) {
    return new ErrorReply('ERR Wrong number of args calling Redis command from script')
  }
  if (command === undefined) {
    return new ErrorReply('ERR This Redis command is not allowed from script')
  }
  const { write = false, denyOom = false } = command
  const refused = server.refusal({ write, denyOom: denyOom && !script.isDirty })
  if (refused !== undefined) return refused
  if (write) script.isDirty = true
  return command.run(server.context, words.slice(1), name)
}

function script(server: Server, [word, ...args]: readonly Buffer[]): Reply {
  switch (word!.toString('latin1').toLowerCase()) {
    case 'load': {
      const sha = server.engine.compile(args[0]!)
      if (sha instanceof ErrorReply) return sha
      server.scripts.add(sha)
      return Buffer.from(sha)
    }
    case 'flush':
      server.scripts.clear()
      return OK
    case 'exists':
      return args.map((sha) => Number(server.scripts.has(sha.toString('latin1').toLowerCase())))
    default:
      return new ErrorReply(`ERR unknown subcommand '${word!.toString()}'. Try SCRIPT HELP.`)
  }
}

export const SCRIPT_COMMANDS: Readonly<Record<string, ScriptCommand>> = {
  eval: { arity: -3, run: evalText },
  evalsha: { arity: -3, run: evalSha },
  script: { arity: -2, run: script },
}
