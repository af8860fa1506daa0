import { FILL, RELEASE } from '../dist/redis/lease-scripts.js'
import { defineScript, type Script } from '../dist/redis/script.js'
import { TurnWrites } from '../dist/redis/turn-writes.js'

/**
 * What Strata would send if it had no lease, to see what the lease costs and nothing else: the value is stored if the
 * version of the namespace is the one that was seen, in one script. What asks for a free lease is answered here, without a
 * round trip.
 */
const STORE: Script = defineScript(
  'store',
  `
local version = redis.pcall('GET', KEYS[2])
if type(version) ~= 'string' or string.sub(version, 1, 25) ~= ARGV[4] then return { 'revoked', 0 } end
local left = redis.call('PTTL', KEYS[2])
if left >= 0 and left < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { 'filled', 0 }`,
)

/** Takes the lease out of every cache of this process. Only for a process that measures that; untagged entries only. */
export function leaveOutTheLease(): void {
  const { run } = TurnWrites.prototype
  // the plain command that takes the lease of a key under which nothing was found
  TurnWrites.prototype.put = async () => true
  TurnWrites.prototype.run = function (script, keys, args) {
    if (script === RELEASE) return Promise.resolve([1, 0])
    if (script !== FILL) return run.call(this, script, keys, args)
    const [, record = '', lifetime = 0, most = 0, , , , expected = ''] = args
    return run.call(this, STORE, keys, [record, lifetime, most, expected])
  }
}
