import { ErrorReply, type Reply, Status } from '../redis/reply.js'

/** A reply as two different programs can be made to give it: ioredis shows no difference between status and bulk. */
export function normalSimulated(reply: Reply | undefined): unknown {
  if (reply === undefined || reply === null) return null
  if (typeof reply === 'number') return normalNumber(reply)
  if (Buffer.isBuffer(reply)) return reply.toString('latin1')
  if (reply instanceof Status) return reply.text
  if (reply instanceof ErrorReply) return { error: normalError(reply.message) }
  return reply.map(normalSimulated)
}

export function normalReal(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString('latin1')
  if (reply instanceof Error) return { error: normalError(reply.message) }
  if (Array.isArray(reply)) return reply.map(normalReal)
  if (typeof reply === 'number') return normalNumber(reply)
  return reply
}

/** Beyond 2^53 ioredis's parser and JavaScript round each in their own way. */
function normalNumber(value: number): number {
  return Number.isSafeInteger(value) ? value : Number(value.toPrecision(12))
}

/** Of Lua's own errors the words differ (5.3 is more talkative), not the kind and the line. */
function normalError(message: string): string {
  const lua = /^(.*user_script:\d+:)(.*?)( script: .*)?$/.exec(message)
  if (lua === null || / Script attempted| Attempt to modify| boom| on line/.test(message)) {
    return message
  }
  return `${lua[1]} ...`
}
