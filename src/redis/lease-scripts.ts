import { defineScript, HEAD_OF, NOW, TELL, VERSION_OF, type Script } from './script.js'

/*
 * The lease stands in the entry's own key, so that whatever ends the entry (DEL, SET, FLUSHALL, eviction, by anybody) ends
 * the lease too. A value stays readable while a lease on it is held.
 */

/**
 * Asks for the right to load keys of one namespace.
 *
 * KEYS: (one Redis) versions, the namespace's first, then entries. ARGV: last moment in Redis time, run id, how many versions,
 * for each how long it must be kept and how long when that is set, then for each entry token, lease in ms, value id seen,
 * mode, token waited for, '1' if the value that is there can be used as a stale one, and the places of its versions. Modes:
 * `wait`; `share` takes the token that is there; `force` revokes it. Replies `late` (it comes after its last moment: nothing was
 * done), or the versions ('' for those that no lease was given under) and for each entry
 *   failed, text           the load that was waited for failed
 *   changed, value id      another value is there than the one seen: read again
 *   resting, ms            a load failed a moment ago, and the stale value at hand is to be used
 *   held, ms, token        somebody loads; the key is marked as awaited
 *   yours, token
 */
export const ACQUIRE: Script = defineScript(
  'acquire',
  `${NOW}${HEAD_OF}${VERSION_OF}
if now > tonumber(ARGV[1]) then return { 'late' } end
local count, versions = math.min(tonumber(ARGV[3]), #KEYS), {}
for i = 1, count do versions[i] = '' end
local function stamp(i, id)
  if versions[i] ~= '' then return end
  local rest = i == 1 and '0.' .. ARGV[2] or sequence_of(versions[1])
  versions[i] = version_of(KEYS[i], id, rest, ARGV[2 + 2 * i], ARGV[3 + 2 * i])
end
local function acquire(key, mine, lease, seen, mode, awaited, has_stale)
  local head = head_of(key)
  if not head then
    redis.call('DEL', key)
    head = ''
  end
  local kind, token = string.sub(head, 5, 5), string.sub(head, 6, 17)
  if kind == 'F' then
    if token == awaited then return { 'failed', redis.call('GETRANGE', key, 75, -1) } end
    token = NONE
  end
  local left = math.min((tonumber(string.sub(head, 18, 32)) or 0) - now, lease)
  if head ~= '' and mode ~= 'force' then
    local id = string.sub(head, 34, 45)
    if kind == 'V' and id ~= seen and (tonumber(string.sub(head, 61, 75)) or 0) > now then
      return { 'changed', id }
    end
    if left > 0 and token == NONE and kind == 'V' and has_stale == '1' then return { 'resting', left } end
    if left > 0 and token ~= NONE then
      if mode ~= 'wait' then return { 'yours', token } end
      if string.sub(head, 33, 33) ~= '1' then redis.call('SETRANGE', key, 32, '1') end
      return { 'held', left, token }
    end
  end
  local text = mine .. instant(now + lease) .. '0'
  if kind == 'V' then
    redis.call('SETRANGE', key, 5, text)
    local kept = redis.call('PTTL', key)
    if kept >= 0 and kept < lease then redis.call('PEXPIRE', key, lease) end
  else
    redis.call('SET', key, 'SRE1L' .. text .. NONE .. ZERO .. ZERO, 'PX', lease)
  end
  return { 'yours', mine }
end
local replies = { versions }
for i = count + 1, #KEYS do
  local at = 3 + 2 * count + 7 * (i - count - 1)
  local lease = tonumber(ARGV[at + 2])
  local reply = acquire(KEYS[i], ARGV[at + 1], lease, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6])
  if reply[1] == 'yours' then
    for place in string.gmatch(ARGV[at + 7], '%d+') do stamp(tonumber(place), ARGV[at + 1]) end
  end
  replies[i - count + 1] = reply
end
return replies`,
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
 * Stores what was loaded, each value if its token is still there and the versions it was built under are those of now. Tells
 * of a value only if somebody waits for it, or all are to hear of it.
 *
 * KEYS: (one Redis) versions, then entries. ARGV: channel, how many versions, for each how long it must be kept and how long
 * when that is set, then for each entry token, record, lifetime, message, '1' to tell in any case, and its versions: the place
 * and the text of each. Replies for each entry 1 if it was stored, plus 2 if somebody waits; or why it could not be told.
 */
export const FILL: Script = defineScript(
  'fill',
  `${HEAD_OF}
local count, texts, used = math.min(tonumber(ARGV[2]), #KEYS), {}, {}
for i = 1, count do
  local version = redis.pcall('GET', KEYS[i])
  texts[i] = type(version) == 'string' and string.sub(version, 1, 25) or ''
end
local function is_now(expected)
  for place, text in string.gmatch(expected, '(%d+) (%S+)') do
    if texts[tonumber(place)] ~= text then return false end
  end
  for place in string.gmatch(expected, '(%d+) %S+') do used[tonumber(place)] = true end
  return true
end
local replies, told = {}, {}
for i = count + 1, #KEYS do
  local at, reply = 2 + 2 * count + 6 * (i - count - 1), 0
  local head = head_of(KEYS[i])
  if head and string.sub(head, 6, 17) == ARGV[at + 1] and string.sub(head, 5, 5) ~= 'F' then
    if is_now(ARGV[at + 6]) then
      redis.call('SET', KEYS[i], ARGV[at + 2], 'PX', ARGV[at + 3])
      reply = 1
    elseif string.sub(head, 5, 5) == 'V' then
      redis.call('SETRANGE', KEYS[i], 5, NONE .. ZERO .. '0')
    else
      redis.call('DEL', KEYS[i])
    end
    local awaited = string.sub(head, 33, 33) == '1'
    if awaited then reply = reply + 2 end
    if awaited or ARGV[at + 5] == '1' then told[#told + 1] = { i - count, ARGV[at + 4] } end
  end
  replies[i - count] = reply
end
for i = 1, count do
  local left = used[i] and redis.call('PTTL', KEYS[i]) or -1
  if left >= 0 and left < tonumber(ARGV[1 + 2 * i]) then redis.call('PEXPIRE', KEYS[i], ARGV[2 + 2 * i]) end
end
for i = 1, ARGV[1] == '' and 0 or #told do
  local said = redis.pcall('PUBLISH', ARGV[1], told[i][2])
  if type(said) == 'table' and said.err then replies[told[i][1]] = said.err end
end
return replies`,
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
