import { createHash } from 'node:crypto'
import { replyCode } from '../tier/failure.js'
import type { CommandArgument } from './redis-client.js'

/**
 * A short Lua script that declares every key it touches. Written for Redis 6.2, in the dialect that the Lua of every Redis
 * (and fengari) shares. Lua does not roll back: check first, write last. A script that invalidates begins with a `DEL`: at
 * maxmemory with noeviction a script whose first write is any other is refused.
 */
export interface Script {
  readonly name: string
  readonly lua: string
  readonly sha: string
}

/** One call of a script on its way, and who waits for it. */
export interface ScriptCall {
  readonly script: Script
  readonly keys: readonly string[]
  /** Or what gives them when it is sent. */
  readonly args: readonly CommandArgument[] | (() => readonly CommandArgument[])
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: unknown) => void
  /** How many entries it is for. */
  readonly entries: number
  /** The same as a call for each of them, where it is for several. */
  readonly apart?: () => readonly ScriptCall[]
}

export function defineScript(name: string, lua: string): Script {
  return { name, lua, sha: createHash('sha1').update(lua).digest('hex') }
}

/** The server does not have it (restarted, or `SCRIPT FLUSH`): send the text. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && replyCode(error.message) === 'NOSCRIPT'
}

/** `now`: milliseconds of Redis time. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** `tell(channel, message)`: no channel, no message. What may not be told (ACL) fails: it must not count as done. */
export const TELL = `
local function tell(channel, message)
  if channel ~= '' then redis.call('PUBLISH', channel, message) end
end`

/** `head_of(key)`: the head of our record, '' for nothing, nil for anything else. Offsets: `entry/record-head.ts`. */
export const HEAD_OF = `
local NONE = '............'
local ZERO = '000000000000000'
local function head_of(key)
  local head = redis.pcall('GETRANGE', key, 0, 74)
  if type(head) ~= 'string' then return nil end
  if head == '' or (#head == 75 and string.sub(head, 1, 4) == 'SRE1') then return head end
  return nil
end
local function instant(at)
  return string.format('%015.0f', at)
end`

/**
 * `life_of(id)`: an id that was never there before. A client that sends a script again after a cut (it may have been carried
 * out the first time) must not bring back the version it made then: what was built under that may have been invalidated since.
 */
export const LIFE_OF = `
local function life_of(id)
  local time = redis.call('TIME')
  return string.sub(redis.sha1hex(id .. time[1] .. '.' .. time[2]), 1, 12)
end`

/** `is_version(text)`: two ids, then whatever there is. */
export const IS_VERSION: string = `
local function is_version(text)
  if type(text) ~= 'string' then return false end
  local hard, soft = string.match(text, '^([%w_-]+)%.([%w_-]+)')
  return hard ~= nil and #hard == 12 and #soft == 12
end`

/**
 * `version_of(key, id, rest, need, most)`: the version under the key, made of the id and the rest when absent, kept at least
 * `need` milliseconds (set to `most` when shorter). `sequence_of(version)`: the late-tag sequence in it.
 */
export const VERSION_OF: string = `${LIFE_OF}${IS_VERSION}
local function version_of(key, id, rest, need, most)
  local version = redis.pcall('GET', key)
  if is_version(version) then
    local left = redis.call('PTTL', key)
    if left >= 0 and left < tonumber(need) then redis.call('PEXPIRE', key, most) end
    return version
  end
  if version then redis.call('DEL', key) end
  local life = life_of(id)
  version = life .. '.' .. life .. '.' .. rest
  redis.call('SET', key, version, 'PX', most)
  return version
end
local function sequence_of(version)
  return string.match(version, '^[^.]*%.[^.]*%.(%d+)') or '0'
end`
