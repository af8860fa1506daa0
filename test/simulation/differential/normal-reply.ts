import { ErrorReply, type Reply, Status } from '../redis/reply.js'

/** A reply as two different programs can be made to give it: ioredis shows no difference between status and bulk. */
export function normalSimulated(reply: Reply | undefined): unknown {
  if (reply === undefined || reply === null || typeof reply === 'number') return reply ?? null
  if (Buffer.isBuffer(reply)) return reply.toString('latin1')
  if (reply instanceof Status) return reply.text
  if (reply instanceof ErrorReply) return { error: normalError(reply.message) }
  return reply.map(normalSimulated)
}

export function normalReal(reply: unknown): unknown {
  if (Buffer.isBuffer(reply)) return reply.toString('latin1')
  if (reply instanceof Error) return { error: normalError(reply.message) }
  if (Array.isArray(reply)) return reply.map(normalReal)
  return reply
}

/** Of Lua's own errors the words differ (5.3 is more talkative), not the line. */
function normalError(message: string): string {
  const line = /^ERR (?:user_script:\d+: )?(?:attempt to|bad argument) .* on (@user_script:\d+)\.$/
  const raised = line.exec(message)
  const refused = /^ERR Error compiling script .* user_script:\d+:/.exec(message)
  if (refused !== null) return refused[0]
  return raised === null ? message : `Lua failed on ${raised[1]}`
}

/**
 * The two servers do not look at their clocks at the same moment, least of all on a busy machine. In milliseconds, times ten:
 * a digit that stands behind an instant is read as its last one.
 */
const TOLERANCE = 20_000

/** No length, count or index is larger. */
const LARGEST_COUNT = 2_000

/**
 * Whether two replies (as JSON) are equal but for instants and what is left of lifetimes, which may stand anywhere, also
 * within a value. Small numbers are compared exactly; beyond 2^53 no two programs round alike.
 */
export function isNearlyEqual(real: string, ours: string): boolean {
  if (real === ours) return true
  const [realParts, ourParts] = [real.split(NUMBERS), ours.split(NUMBERS)]
  if (realParts.length !== ourParts.length) return false
  return realParts.every((part, i) => {
    const other = ourParts[i] ?? ''
    const [a, b] = [Number(part), Number(other)]
    if (part === other) return true
    return (
      a > LARGEST_COUNT && b > LARGEST_COUNT && Math.abs(a - b) < Math.max(TOLERANCE, a * 1e-12)
    )
  })
}

const NUMBERS = /(\d+)/
