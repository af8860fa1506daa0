import { defineScript, HEAD_OF, NOW, TELL, VERSION_OF, type Script } from './script.js'

/*
 * The lease stands in the entry's own key, so that whatever ends the entry (DEL, SET, FLUSHALL, eviction, by anybody) ends
 * the lease too. A value stays readable while a lease on it is held.
 */

/**
 * Asks for the right to load a key.
 *
 * KEYS: entry, then (one Redis) namespace version and tags. ARGV: token, lease in ms, value id seen, mode, last moment in
 * Redis time, token waited for, need, most (how long versions are to be kept), run id, '1' if the value that is there can be
 * used as a stale one. Modes: `wait`; `share` takes the token that is there; `force` revokes it. Replies
 *   late                   it comes after its last moment: nothing was done
 *   failed, text           the load that was waited for failed
 *   changed, value id      another value is there than the one seen: read again
 *   resting, ms            a load failed a moment ago, and the stale value at hand is to be used
 *   held, ms, token        somebody loads; the key is marked as awaited
 *   yours, token, versions
 */
export const ACQUIRE: Script = defineScript(
  'acquire',
  `${NOW}${HEAD_OF}${VERSION_OF}
if now > tonumber(ARGV[5]) then return { 'late' } end
local head = head_of(KEYS[1])
if not head then
  redis.call('DEL', KEYS[1])
  head = ''
end
local kind, token, mode = string.sub(head, 5, 5), string.sub(head, 6, 17), ARGV[4]
if kind == 'F' then
  if token == ARGV[6] then return { 'failed', redis.call('GETRANGE', KEYS[1], 75, -1) } end
  token = NONE
end
local left = math.min((tonumber(string.sub(head, 18, 32)) or 0) - now, tonumber(ARGV[2]))
local mine = ARGV[1]
if head ~= '' and mode ~= 'force' then
  local id = string.sub(head, 34, 45)
  if kind == 'V' and id ~= ARGV[3] and (tonumber(string.sub(head, 61, 75)) or 0) > now then
    return { 'changed', id }
  end
  if left > 0 and token == NONE and kind == 'V' and ARGV[10] == '1' then return { 'resting', left } end
  if left > 0 and token ~= NONE then
    if mode == 'wait' then
      if string.sub(head, 33, 33) ~= '1' then redis.call('SETRANGE', KEYS[1], 32, '1') end
      return { 'held', left, token }
    end
    mine = token
  end
end
if mine == ARGV[1] then
  local lease = mine .. instant(now + tonumber(ARGV[2])) .. '0'
  if kind == 'V' then
    redis.call('SETRANGE', KEYS[1], 5, lease)
    local kept = redis.call('PTTL', KEYS[1])
    if kept >= 0 and kept < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  else
    redis.call('SET', KEYS[1], 'SRE1L' .. lease .. NONE .. ZERO .. ZERO, 'PX', ARGV[2])
  end
end
local reply, sequence = { 'yours', mine }, '0'
for i = 2, #KEYS do
  local rest = i == 2 and sequence .. '.' .. ARGV[9] or sequence
  local version = version_of(KEYS[i], ARGV[1], rest, ARGV[7], ARGV[8])
  if i == 2 then sequence = sequence_of(version) end
  reply[i + 1] = version
end
return reply`,
)

/**
 * Takes the leases of several keys under which nothing is: a `SET NX` each, at a third of what as many commands cost.
 *
 * KEYS: entries. ARGV: ms, then for each key what is put there. Replies for each key 1; 0 when it holds something.
 */
export const TAKE: Script = defineScript(
  'take',
  `
local taken = {}
for i = 1, #KEYS do
  taken[i] = redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[1], 'NX') and 1 or 0
end
return taken`,
)

/** KEYS: entry. ARGV: token, lease in ms. Replies 1; 0 when the lease is another's. */
export const RENEW: Script = defineScript(
  'renew',
  `${NOW}${HEAD_OF}
local head = head_of(KEYS[1])
if not head or string.sub(head, 6, 17) ~= ARGV[1] or string.sub(head, 5, 5) == 'F' then return 0 end
redis.call('SETRANGE', KEYS[1], 17, instant(now + tonumber(ARGV[2])))
local kept = redis.call('PTTL', KEYS[1])
if kept >= 0 and kept < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`,
)

/**
 * Stores what was loaded, if the token is still there and the versions are those it was built under. Tells only if somebody
 * waits, or all are to hear of it.
 *
 * KEYS: entry, then (one Redis) namespace version and tags. ARGV: token, record, lifetime, lifetime with slack, channel,
 * message, '1' to tell in any case, then the versions expected. Replies `filled` or `revoked`, and 1 if somebody waits.
 */
export const FILL: Script = defineScript(
  'fill',
  `${TELL}${HEAD_OF}
local head = head_of(KEYS[1])
if not head or string.sub(head, 6, 17) ~= ARGV[1] or string.sub(head, 5, 5) == 'F' then return { 'revoked', 0 } end
local good = true
for i = 2, #KEYS do
  local version = redis.pcall('GET', KEYS[i])
  if type(version) ~= 'string' or string.sub(version, 1, 25) ~= ARGV[6 + i] then good = false end
end
if good then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  for i = 2, #KEYS do
    local left = redis.call('PTTL', KEYS[i])
    if left >= 0 and left < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
  end
elseif string.sub(head, 5, 5) == 'V' then
  redis.call('SETRANGE', KEYS[1], 5, NONE .. ZERO .. '0')
else
  redis.call('DEL', KEYS[1])
end
local awaited = string.sub(head, 33, 33) == '1'
if awaited or ARGV[7] == '1' then tell(ARGV[5], ARGV[6]) end
return { good and 'filled' or 'revoked', awaited and 1 or 0 }`,
)

/**
 * Gives a lease back without a value.
 *
 * KEYS: entry. ARGV: token, how, text of the failure, ms, channel, message. How: `quiet`; `drop` removes the value too; `rest`
 * lets the value that is there be used for so many ms before anybody loads again; `fail` leaves the failure for so many ms to
 * those who wait; `look` gives nothing back. Replies 1 (0 when the lease is another's), and 1 if somebody waits.
 */
export const RELEASE: Script = defineScript(
  'release',
  `${NOW}${TELL}${HEAD_OF}
local head = head_of(KEYS[1])
if not head or string.sub(head, 6, 17) ~= ARGV[1] or string.sub(head, 5, 5) == 'F' then return { 0, 0 } end
local how, awaited = ARGV[2], string.sub(head, 33, 33) == '1'
if how == 'look' then return { 1, 0 } end
if how == 'fail' and awaited then
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[1], 'SRE1F' .. ARGV[1] .. ZERO .. '0' .. NONE .. ZERO .. ZERO .. ARGV[3], 'PX', ARGV[4])
elseif how == 'drop' or string.sub(head, 5, 5) ~= 'V' then
  redis.call('DEL', KEYS[1])
elseif how == 'rest' and tonumber(ARGV[4]) > 0 then
  redis.call('SETRANGE', KEYS[1], 5, NONE .. instant(now + tonumber(ARGV[4])) .. '0')
else
  redis.call('SETRANGE', KEYS[1], 5, NONE .. ZERO .. '0')
end
if awaited then tell(ARGV[5], ARGV[6]) end
return { 1, awaited and 1 or 0 }`,
)
