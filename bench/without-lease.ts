import { FILL, RELEASE } from '../dist/redis/lease-scripts.js'
import { defineScript, type Script } from '../dist/redis/script.js'
import { TurnWrites } from '../dist/redis/turn-writes.js'

/**
 * What Strata would send if it had no lease, to see what the lease costs and nothing else: values are stored if the versions
 * are those that were seen, those of one turn in one script. What asks for a free lease is answered here, without a round
 * trip. Takes the arguments of the script in whose place it stands.
 */
const STORE: Script = defineScript(
  'store',
  `
local count, texts = tonumber(ARGV[2]), {}
for i = 1, count do
  local version = redis.pcall('GET', KEYS[i])
  texts[i] = type(version) == 'string' and string.sub(version, 1, 25) or ''
end
local function is_now(expected)
  for place, text in string.gmatch(expected, '(%d+) (%S+)') do
    if texts[tonumber(place)] ~= text then return false end
  end
  return true
end
local replies = {}
for i = count + 1, #KEYS do
  local at = 2 + 2 * count + 6 * (i - count - 1)
  local good = is_now(ARGV[at + 6])
  if good then redis.call('SET', KEYS[i], ARGV[at + 2], 'PX', ARGV[at + 3]) end
  replies[i - count] = good and 1 or 0
end
for i = 1, count do
  local left = redis.call('PTTL', KEYS[i])
  if left >= 0 and left < tonumber(ARGV[1 + 2 * i]) then redis.call('PEXPIRE', KEYS[i], ARGV[2 + 2 * i]) end
end
return replies`,
)

/** Takes the lease out of every cache of this process. Only for a process that measures that; untagged entries only. */
export function leaveOutTheLease(): void {
  const { run } = TurnWrites.prototype
  // the plain command that takes the lease of a key under which nothing was found
  TurnWrites.prototype.put = async () => true
  TurnWrites.prototype.run = function (script, keys, args) {
    return script === RELEASE ? Promise.resolve([1, 0]) : run.call(this, script, keys, args)
  }
  Object.assign(FILL, STORE)
}
