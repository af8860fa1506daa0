import { createHash } from 'node:crypto'
import { replyCode } from '../tier/failure.js'

/**
 * A Lua script over one declared key, so that it also runs in Cluster. Written for Redis 6.2, in the dialect that the
 * Lua of every Redis (and fengari) shares. Lua does not roll back: check first, write last.
 */
export interface Script {
  readonly lua: string
  readonly sha: string
}

function defineScript(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/** The server does not have it (restarted, or `SCRIPT FLUSH`): send the text. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && replyCode(error.message) === 'NOSCRIPT'
}

/**
 * SET, unless it comes too late: a value that was held up on its way may be older than what has been stored since.
 * ARGV: bytes, lifetime, last moment in milliseconds of Redis time. Always sent as text (see `TurnWrites.runText`).
 */
export const WRITE: string = `local now = redis.call('TIME')
if now[1] * 1000 + now[2] / 1000 > tonumber(ARGV[3]) then return 'late' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 'stored'`

/**
 * The version under the key, created when absent, kept for at least a lifetime.
 * ARGV: version if absent, lifetime, lifetime with slack (so that not every call has to write).
 */
export const STAMP: Script = defineScript(`
local version = redis.call('GET', KEYS[1])
if not version then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  return ARGV[1]
end
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return version
`)

/** Keeps a version that is there for at least a lifetime. ARGV: lifetime, lifetime with slack. */
export const KEEP: Script = defineScript(`
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return left
`)

/**
 * Another soft id for the version under the key. ARGV: the id. The first write is a DEL: at maxmemory with noeviction a
 * script that begins with any other write is refused.
 */
export const SOFTEN: Script = defineScript(`
local version = redis.call('GET', KEYS[1])
if not version then return 0 end
local dot = string.find(version, '.', 1, true)
local left = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1])
if not dot then return 0 end
local softened = string.sub(version, 1, dot) .. ARGV[1]
if left > 0 then
  redis.call('SET', KEYS[1], softened, 'PX', left)
elseif left == -1 then
  redis.call('SET', KEYS[1], softened)
end
return 1
`)

/**
 * Overwrites freshUntil in the head of our record, whatever its lifetime. A record without grace (freshUntil is staleUntil)
 * is of no use to anybody when it is not fresh, and goes.
 * ARGV: first and last byte of the magic, the magic, offset of freshUntil, its new text, last byte of freshUntil, first
 * and last byte of staleUntil.
 */
export const EXPIRE: Script = defineScript(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
if redis.call('GETRANGE', KEYS[1], ARGV[1], ARGV[2]) ~= ARGV[3] then return 0 end
if redis.call('GETRANGE', KEYS[1], ARGV[4], ARGV[6]) == redis.call('GETRANGE', KEYS[1], ARGV[7], ARGV[8]) then
  redis.call('DEL', KEYS[1])
else
  redis.call('SETRANGE', KEYS[1], ARGV[4], ARGV[5])
end
return 1
`)
