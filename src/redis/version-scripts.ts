import { defineScript, IS_VERSION, LIFE_OF, TELL, VERSION_OF, type Script } from './script.js'

/*
 * A version is `<hard>.<soft>.<sequence>`, two random ids and a count; that of the namespace has the server's run id as a
 * fourth field. Absent = a new one is made = everything built under an older one is unusable, so eviction, FLUSHALL or a
 * restart never bring anything back.
 *
 * The sequence is for tags that become known only during a load: that of the namespace is raised by every invalidation of a
 * tag, that of a tag is the namespace's at the time it was made or softened. A late tag is good if its sequence is not newer
 * than the one the load began under.
 */

/**
 * KEYS: (one Redis) namespace version and tags; in Cluster one of them. ARGV: id, need, most, run id, '1' if the first key
 * is the namespace's. Replies the versions.
 */
export const STAMP: Script = defineScript(
  'stamp',
  `${VERSION_OF}
local reply, sequence = {}, '0'
for i = 1, #KEYS do
  local rest = i == 1 and ARGV[5] == '1' and sequence .. '.' .. ARGV[4] or sequence
  local version = version_of(KEYS[i], ARGV[1], rest, ARGV[2], ARGV[3])
  if i == 1 and ARGV[5] == '1' then sequence = sequence_of(version) end
  reply[i] = version
end
return reply`,
)

/** \`raise()\`: another sequence for the namespace under KEYS[1], if it is one; the new sequence. */
const RAISE = `
local function raise()
  local version = redis.pcall('GET', KEYS[1])
  if type(version) ~= 'string' then return '0' end
  local ids, sequence, rest = string.match(version, '^([^.]*%.[^.]*%.)(%d+)(.*)$')
  if not ids then return '0' end
  sequence = string.format('%.0f', tonumber(sequence) + 1)
  redis.call('SET', KEYS[1], ids .. sequence .. rest, 'KEEPTTL')
  return sequence
end`

/** Ends the lives of tags. KEYS: namespace version, tags. ARGV: channel, message. */
export const INVALIDATE: Script = defineScript(
  'invalidate',
  `${TELL}${RAISE}
redis.call('DEL', (unpack or table.unpack)(KEYS, 2))
raise()
tell(ARGV[1], ARGV[2])
return #KEYS - 1`,
)

/**
 * Another soft id for each tag. KEYS: namespace version (in Cluster left out), tags. ARGV: the id, index of the first tag,
 * channel, message.
 */
export const SOFTEN: Script = defineScript(
  'soften',
  `${TELL}${LIFE_OF}${IS_VERSION}${RAISE}
local soft = life_of(ARGV[1])
local first, versions, left, sequence = tonumber(ARGV[2]), {}, {}, '0'
for i = first, #KEYS do
  versions[i] = redis.pcall('GET', KEYS[i])
  left[i] = redis.call('PTTL', KEYS[i])
  redis.call('DEL', KEYS[i])
end
if first == 2 then sequence = raise() end
for i = first, #KEYS do
  local version = versions[i]
  if is_version(version) and left[i] ~= 0 then
    local softened = string.sub(version, 1, 13) .. soft .. '.' .. sequence
    if left[i] > 0 then
      redis.call('SET', KEYS[i], softened, 'PX', left[i])
    else
      redis.call('SET', KEYS[i], softened)
    end
  end
end
tell(ARGV[3], ARGV[4])
return #KEYS - first + 1`,
)

/** Ends the life of the namespace and begins another. KEYS: its version. ARGV: id, channel, message. */
export const CLEAR: Script = defineScript(
  'clear',
  `${TELL}${LIFE_OF}
local version = redis.pcall('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1])
if type(version) == 'string' and left > 0 then
  local run = string.match(version, '^[^.]*%.[^.]*%.%d+%.(.*)$') or ''
  local life = life_of(ARGV[1])
  redis.call('SET', KEYS[1], life .. '.' .. life .. '.0.' .. run, 'PX', left)
end
tell(ARGV[2], ARGV[3])
return 1`,
)

/**
 * Before anything is read on a new connection: is this the server that the namespace was written on? Another one (a failover,
 * a restart from an older snapshot) may hold what was invalidated: then the namespace begins anew, once for all processes.
 *
 * KEYS: namespace version. ARGV: run id, id, lifetime of a version made here, channel, message. Replies
 * the version, and 1 if it is a new one.
 */
export const ADOPT: Script = defineScript(
  'adopt',
  `${TELL}${LIFE_OF}
local version = redis.pcall('GET', KEYS[1])
local ids, run
if type(version) == 'string' then ids, run = string.match(version, '^([^.]*%.[^.]*%.%d+)%.(.*)$') end
if run == ARGV[1] then return { version, 0 } end
local kept = ids and run == ''
local left = redis.call('PTTL', KEYS[1])
local life = life_of(ARGV[2])
local adopted = (kept and ids or (life .. '.' .. life .. '.0')) .. '.' .. ARGV[1]
if left <= 0 then left = ARGV[3] end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], adopted, 'PX', left)
if kept then return { adopted, 0 } end
tell(ARGV[4], ARGV[5])
return { adopted, 1 }`,
)

/**
 * A sign of life that goes the whole way: announced by a write (which a demoted master refuses, and a full one does not),
 * heard on the coherence connection behind everything that was announced before it.
 *
 * KEYS: the heartbeat's own, then namespace versions. ARGV: nonce. Replies these versions.
 */
export const BEAT: Script = defineScript(
  'beat',
  `
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', KEYS[1], ARGV[1])
local versions = {}
for i = 2, #KEYS do
  local version = redis.pcall('GET', KEYS[i])
  versions[i - 1] = type(version) == 'string' and version or ''
end
return versions`,
)
