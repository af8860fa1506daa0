import { defineScript, HEAD_OF, NOW, TELL, VERSION_OF, type Script } from './script.js'

/**
 * What `set` does: the value takes the place of whatever is there, and of any lease on it; unless it comes too late (what was
 * held up on its way may be older than what has been stored since). If it was built under other versions than those of now,
 * what is there goes all the same. On a full Redis it is refused: then it is for the caller to remove what is there.
 *
 * KEYS: entry, then (one Redis) namespace version and tags. ARGV: record, lifetime, last moment in Redis time, id, lifetime
 * with slack, run id, channel, message, then the versions expected. Replies `late`, `stored`, or `moved` and the versions.
 */
export const WRITE: Script = defineScript(
  'write',
  `${NOW}${TELL}${VERSION_OF}
if now > tonumber(ARGV[3]) then return { 'late' } end
local reply, moved, sequence = { 'moved' }, false, '0'
for i = 2, #KEYS do
  local rest = i == 2 and sequence .. '.' .. ARGV[6] or sequence
  local version = version_of(KEYS[i], ARGV[4], rest, ARGV[2], ARGV[5])
  if i == 2 then sequence = sequence_of(version) end
  if string.sub(version, 1, 25) ~= ARGV[7 + i] then moved = true end
  reply[i] = version
end
if moved then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  reply = { 'stored' }
end
tell(ARGV[7], ARGV[8])
return reply`,
)

/** KEYS: entries. ARGV: channel, message. */
export const REMOVE: Script = defineScript(
  'remove',
  `${TELL}
redis.call('DEL', (unpack or table.unpack)(KEYS))
tell(ARGV[1], ARGV[2])
return #KEYS`,
)

/**
 * Ends the freshness of a value and any lease on it, whatever its lifetime. A value without grace (freshUntil is staleUntil)
 * is of no use to anybody when it is not fresh, and goes, as does what is no value.
 *
 * KEYS: entry. ARGV: channel, message. Replies 1; 0 for something that is not ours, which stays.
 */
export const EXPIRE: Script = defineScript(
  'expire',
  `${TELL}${HEAD_OF}
local head = head_of(KEYS[1])
local value = head and head ~= '' and redis.call('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if head then redis.call('DEL', KEYS[1]) end
if value and string.sub(head, 5, 5) == 'V' and string.sub(head, 46, 60) ~= string.sub(head, 61, 75) then
  local stale = 'SRE1V' .. NONE .. ZERO .. '0' .. string.sub(head, 34, 45) .. ZERO .. string.sub(value, 61)
  if left > 0 then
    redis.call('SET', KEYS[1], stale, 'PX', left)
  elseif left == -1 then
    redis.call('SET', KEYS[1], stale)
  end
end
tell(ARGV[1], ARGV[2])
return head and 1 or 0`,
)
