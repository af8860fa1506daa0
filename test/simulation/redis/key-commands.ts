import type { Command, CommandContext } from './command.js'
import { parseInteger } from './integer.js'
import { ERRORS, ErrorReply, OK, type Reply, Status } from './reply.js'

function remove({ keyspace }: CommandContext, keys: readonly Buffer[]): Reply {
  return keys.filter((key) => keyspace.delete(key)).length
}

function exists({ keyspace }: CommandContext, keys: readonly Buffer[]): Reply {
  return keys.filter((key) => keyspace.get(key) !== undefined).length
}

function type({ keyspace }: CommandContext, [key]: readonly Buffer[]): Reply {
  const value = keyspace.get(key!)?.value
  if (value === undefined) return new Status('none')
  if (Buffer.isBuffer(value)) return new Status('string')
  return new Status(Array.isArray(value) ? 'list' : 'hash')
}

function flush({ keyspace }: CommandContext): Reply {
  keyspace.clear()
  return OK
}

/** Lists and hashes: enough of them to be in the way of somebody who expects a string. */
function rpush({ keyspace }: CommandContext, [key, ...members]: readonly Buffer[]): Reply {
  const kept = keyspace.get(key!)
  const old = kept?.value ?? []
  if (!Array.isArray(old)) return ERRORS.wrongType
  const list = [...old, ...members.map((member) => Buffer.from(member))]
  keyspace.put(key!, list, kept?.expiresAt)
  return list.length
}

function lrange({ keyspace }: CommandContext, [key, from, to]: readonly Buffer[]): Reply {
  const [first, last] = [parseInteger(from!), parseInteger(to!)]
  if (first === undefined || last === undefined) return ERRORS.notAnInteger
  const list = keyspace.get(key!)?.value ?? []
  if (!Array.isArray(list)) return ERRORS.wrongType
  return list.slice(first, last === -1 ? undefined : last + 1)
}

function hset(
  { keyspace }: CommandContext,
  [key, ...pairs]: readonly Buffer[],
  name: string,
): Reply {
  if (pairs.length % 2 === 1)
    return new ErrorReply(`ERR wrong number of arguments for '${name}' command`)
  const kept = keyspace.get(key!)
  const old = kept?.value ?? new Map<string, Buffer>()
  if (!(old instanceof Map)) return ERRORS.wrongType
  const hash = new Map(old)
  for (let i = 0; i < pairs.length; i += 2) {
    hash.set(pairs[i]!.toString('latin1'), Buffer.from(pairs[i + 1]!))
  }
  keyspace.put(key!, hash, kept?.expiresAt)
  return hash.size - old.size
}

function hget({ keyspace }: CommandContext, [key, field]: readonly Buffer[]): Reply {
  const hash = keyspace.get(key!)?.value ?? new Map<string, Buffer>()
  if (!(hash instanceof Map)) return ERRORS.wrongType
  return hash.get(field!.toString('latin1')) ?? null
}

export const KEY_COMMANDS: Readonly<Record<string, Command>> = {
  del: { arity: -2, write: true, run: remove },
  unlink: { arity: -2, write: true, run: remove },
  exists: { arity: -2, run: exists },
  type: { arity: 2, run: type },
  flushall: { arity: -1, write: true, run: flush },
  flushdb: { arity: -1, write: true, run: flush },
  dbsize: { arity: 1, run: ({ keyspace }) => keyspace.keys().length },
  rpush: { arity: -3, write: true, denyOom: true, run: rpush },
  lrange: { arity: 4, run: lrange },
  hset: { arity: -4, write: true, denyOom: true, run: hset },
  hget: { arity: 3, run: hget },
}
