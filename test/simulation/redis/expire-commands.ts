import type { Command, CommandContext } from './command.js'
import { MAX_INTEGER, parseInteger } from './integer.js'
import { ERRORS, ErrorReply, invalidExpire, type Reply } from './reply.js'

interface Unit {
  readonly ms: number
  readonly relative: boolean
}

function expire(unit: Unit) {
  return (context: CommandContext, args: readonly Buffer[], name: string): Reply => {
    const [key, number, ...words] = args as [Buffer, Buffer, ...Buffer[]]
    const condition = parseCondition(words)
    if (condition instanceof ErrorReply) return condition
    const count = parseInteger(number)
    if (count === undefined) return ERRORS.notAnInteger
    const base = unit.relative ? Math.floor(context.now) : 0
    const instant = count * unit.ms + base
    if (count * unit.ms > MAX_INTEGER - base || count * unit.ms < -MAX_INTEGER)
      return invalidExpire(name)
    const kept = context.keyspace.get(key)
    if (kept === undefined || !isMet(condition, kept.expiresAt, instant)) return 0
    if (instant <= Math.floor(context.now)) context.keyspace.delete(key)
    else context.keyspace.put(key, kept.value, instant)
    return 1
  }
}

type Condition = ReadonlySet<string>

function parseCondition(words: readonly Buffer[]): Condition | ErrorReply {
  const flags = new Set<string>()
  for (const word of words) {
    const flag = word.toString('latin1').toUpperCase()
    if (!['NX', 'XX', 'GT', 'LT'].includes(flag)) {
      return new ErrorReply(`ERR Unsupported option ${word.toString('latin1')}`)
    }
    flags.add(flag)
  }
  if (flags.has('NX') && flags.size > 1) {
    return new ErrorReply('ERR NX and XX, GT or LT options at the same time are not compatible')
  }
  if (flags.has('GT') && flags.has('LT')) {
    return new ErrorReply('ERR GT and LT options at the same time are not compatible')
  }
  return flags
}

/** A key without expiry counts as one that lives for ever. */
function isMet(condition: Condition, current: number | undefined, instant: number): boolean {
  if (condition.has('NX') && current !== undefined) return false
  if (condition.has('XX') && current === undefined) return false
  if (condition.has('GT') && (current === undefined || instant <= current)) return false
  return !(condition.has('LT') && current !== undefined && instant >= current)
}

function left(ms: number) {
  return ({ keyspace, now }: CommandContext, [key]: readonly Buffer[]): Reply => {
    const kept = keyspace.get(key!)
    if (kept === undefined) return -2
    if (kept.expiresAt === undefined) return -1
    return Math.floor((Math.max(0, kept.expiresAt - Math.floor(now)) + ms / 2) / ms)
  }
}

function expireTime({ keyspace }: CommandContext, [key]: readonly Buffer[]): Reply {
  const kept = keyspace.get(key!)
  return kept === undefined ? -2 : (kept.expiresAt ?? -1)
}

function persist({ keyspace }: CommandContext, [key]: readonly Buffer[]): Reply {
  const kept = keyspace.get(key!)
  if (kept?.expiresAt === undefined) return 0
  keyspace.put(key!, kept.value, undefined)
  return 1
}

export const EXPIRE_COMMANDS: Readonly<Record<string, Command>> = {
  expire: { arity: -3, write: true, run: expire({ ms: 1_000, relative: true }) },
  expireat: { arity: -3, write: true, run: expire({ ms: 1_000, relative: false }) },
  pexpire: { arity: -3, write: true, run: expire({ ms: 1, relative: true }) },
  pexpireat: { arity: -3, write: true, run: expire({ ms: 1, relative: false }) },
  pttl: { arity: 2, run: left(1) },
  ttl: { arity: 2, run: left(1_000) },
  pexpiretime: { arity: 2, run: expireTime },
  persist: { arity: 2, write: true, run: persist },
}
