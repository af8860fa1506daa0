import type { Command, CommandContext } from './command.js'
import { asLong, parseInteger, parseLong } from './integer.js'
import type { Value } from './keyspace.js'
import { ERRORS, ErrorReply, type Reply } from './reply.js'
import { set } from './set-command.js'

const LONGEST = 512 * 2 ** 20

/** The string under a key; undefined when absent. */
function stringAt(context: CommandContext, key: Buffer): Buffer | undefined | ErrorReply {
  const value: Value | undefined = context.keyspace.get(key)?.value
  if (value === undefined || Buffer.isBuffer(value)) return value
  return ERRORS.wrongType
}

function get(context: CommandContext, [key]: readonly Buffer[]): Reply {
  return stringAt(context, key!) ?? null
}

function mget(context: CommandContext, keys: readonly Buffer[]): Reply {
  return keys.map((key) => {
    const value = context.keyspace.get(key)?.value
    return Buffer.isBuffer(value) ? value : null
  })
}

function getRange(context: CommandContext, [key, from, to]: readonly Buffer[]): Reply {
  const [first, last] = [parseInteger(from!), parseInteger(to!)]
  if (first === undefined || last === undefined) return ERRORS.notAnInteger
  const bytes = stringAt(context, key!) ?? Buffer.alloc(0)
  if (bytes instanceof ErrorReply) return bytes
  if (first < 0 && last < 0 && first > last) return Buffer.alloc(0)
  const start = Math.max(0, first < 0 ? first + bytes.length : first)
  const end = Math.min(bytes.length - 1, Math.max(0, last < 0 ? last + bytes.length : last))
  return start > end ? Buffer.alloc(0) : bytes.subarray(start, end + 1)
}

function setRange(context: CommandContext, [key, at, patch]: readonly Buffer[]): Reply {
  const offset = parseInteger(at!)
  if (offset === undefined) return ERRORS.notAnInteger
  if (offset < 0) return ERRORS.offset
  const bytes = stringAt(context, key!) ?? Buffer.alloc(0)
  if (bytes instanceof ErrorReply) return bytes
  if (patch!.length === 0) return bytes.length
  if (offset + patch!.length > LONGEST) return ERRORS.tooLong
  const patched = Buffer.alloc(Math.max(bytes.length, offset + patch!.length))
  bytes.copy(patched)
  patch!.copy(patched, offset)
  context.keyspace.put(key!, patched, context.keyspace.get(key!)?.expiresAt)
  return patched.length
}

function strlen(context: CommandContext, [key]: readonly Buffer[]): Reply {
  const bytes = stringAt(context, key!)
  return bytes instanceof ErrorReply ? bytes : (bytes?.length ?? 0)
}

function getDel(context: CommandContext, [key]: readonly Buffer[]): Reply {
  const bytes = stringAt(context, key!)
  if (Buffer.isBuffer(bytes)) context.keyspace.delete(key!)
  return bytes ?? null
}

function increment(context: CommandContext, [key, by]: readonly Buffer[]): Reply {
  const step = by === undefined ? 1n : parseLong(by)
  if (step === undefined) return ERRORS.notAnInteger
  const bytes = stringAt(context, key!)
  if (bytes instanceof ErrorReply) return bytes
  const old = bytes === undefined ? 0n : parseLong(bytes)
  if (old === undefined) return ERRORS.notAnInteger
  const sum = asLong(old + step)
  if (sum === undefined) return ERRORS.overflow
  context.keyspace.put(key!, Buffer.from(`${sum}`), context.keyspace.get(key!)?.expiresAt)
  return Number(sum)
}

export const STRING_COMMANDS: Readonly<Record<string, Command>> = {
  get: { arity: 2, run: get },
  mget: { arity: -2, run: mget },
  set: { arity: -3, write: true, denyOom: true, run: set },
  getrange: { arity: 4, run: getRange },
  setrange: { arity: 4, write: true, denyOom: true, run: setRange },
  strlen: { arity: 2, run: strlen },
  getdel: { arity: 2, write: true, run: getDel },
  incr: { arity: 2, write: true, denyOom: true, run: increment },
  incrby: { arity: 3, write: true, denyOom: true, run: increment },
}
