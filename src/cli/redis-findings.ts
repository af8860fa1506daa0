import type { RedisFacts } from '../create-cache.js'
import { byteSize } from './byte-size.js'
import { fail, type Finding, ok, warn } from './finding.js'

/** Milliseconds. */
const TIMEOUT = 100
const SLOW = 20
const FAR = 1_000
const LONG_NODE_TIMEOUT = 30_000

/** What the facts mean for a cache. */
export function redisFindings(facts: RedisFacts): readonly Finding[] {
  return [
    version(facts),
    ...mode(facts),
    ...role(facts),
    permissions(facts),
    writing(facts),
    eviction(facts),
    memory(facts),
    latency(facts),
    ...clock(facts),
    ...replicas(facts),
  ]
}

function version({ version, product }: RedisFacts): Finding {
  const what = 'redis version'
  if (version === undefined)
    return warn(what, 'not told', 'allow INFO, or make sure it is 6.2 or later')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > 6 || (major === 6 && minor >= 2)
  return isEnough
    ? ok(what, `${product} ${version}`)
    : fail(what, `${product} ${version}`, 'commands of 6.2 are used: upgrade it')
}

function mode({ mode, clusterNodeTimeout }: RedisFacts): readonly Finding[] {
  const what = 'redis mode'
  switch (mode) {
    case 'sentinel':
      return [fail(what, 'this is a Sentinel', 'give the address of the Redis it watches')]
    case 'cluster':
      return [
        warn(
          what,
          'one node of a Cluster was asked',
          "programs name the Cluster: redis: { cluster: { nodes } }; run 'doctor' for each master",
        ),
        nodeTimeout(clusterNodeTimeout),
      ]
    default:
      return []
  }
}

function nodeTimeout(timeout: number | undefined): Finding {
  const what = 'cluster-node-timeout'
  const why = 'for as long a master that was cut off still answers'
  if (timeout === undefined) return warn(what, 'not told', `allow CONFIG GET to see it; ${why}`)
  return timeout > LONG_NODE_TIMEOUT
    ? warn(what, `${timeout} ms`, `make it shorter: ${why}`)
    : ok(what, `${timeout} ms`)
}

function role({ role }: RedisFacts): readonly Finding[] {
  if (role !== 'slave') return []
  return [
    fail(
      'redis role',
      'this is a replica',
      'give the address of its master: nothing can be stored here',
    ),
  ]
}

function permissions({ missing }: RedisFacts): Finding {
  const what = 'redis permissions'
  if (missing.length === 0) return ok(what, 'all commands and the channel')
  const advice = "see 'What a user of Redis needs' in docs/redis.md"
  return fail(what, `not allowed: ${missing.join(', ')}`, advice)
}

function writing({ unwritable, missing }: RedisFacts): Finding {
  const what = 'redis writes'
  if (unwritable !== undefined) {
    const isFull = unwritable.startsWith('OOM')
    const advice = isFull
      ? 'set maxmemory-policy allkeys-lru, or give it memory'
      : 'nothing is stored until then'
    return fail(what, unwritable, advice)
  }
  return missing.includes('set')
    ? fail(what, 'not allowed', 'see permissions')
    : ok(what, 'a key was written and deleted')
}

function eviction({ policy }: RedisFacts): Finding {
  const what = 'maxmemory-policy'
  if (policy === undefined) return warn(what, 'not told', 'allow INFO; it should be allkeys-lru')
  if (policy === 'noeviction') {
    return warn(what, policy, 'a full Redis refuses new entries: set allkeys-lru or allkeys-lfu')
  }
  if (policy === 'volatile-random' || policy === 'allkeys-random') {
    return warn(what, policy, 'what is used most goes as soon as the rest: set allkeys-lru')
  }
  return ok(what, policy)
}

function memory({ maxMemory, usedMemory, policy }: RedisFacts): Finding {
  const what = 'redis memory'
  if (policy === undefined) return warn(what, 'not told', 'allow INFO; set a maxmemory')
  if (maxMemory === 0) {
    const says = `${byteSize(usedMemory)} used, no bound`
    return warn(what, says, 'set a maxmemory: it grows until the machine has none left')
  }
  const says = `${byteSize(usedMemory)} of ${byteSize(maxMemory)} used`
  return usedMemory > maxMemory && policy === 'noeviction'
    ? fail(what, says, 'it is full: new entries are refused')
    : ok(what, says)
}

function latency({ latency: { median, worst } }: RedisFacts): Finding {
  const what = 'redis latency'
  const says = `median ${median.toFixed(1)} ms, worst of 20 ${worst.toFixed(1)} ms`
  if (median > TIMEOUT)
    return fail(what, says, `over redis.timeout (${TIMEOUT} ms): it would not be used`)
  return median > SLOW
    ? warn(what, says, 'every miss in memory waits as long: is it far away?')
    : ok(what, says)
}

/** Lifetimes do not depend on it, for the difference is measured; what people compare does. */
function clock({ clock }: RedisFacts): readonly Finding[] {
  const what = 'clock'
  if (clock === undefined) return []
  const off = clock.low > 0 ? clock.low : Math.max(0, -clock.high)
  const says =
    off < 1 ? 'as here' : `${Math.round(off)} ms ${clock.low > 0 ? 'ahead of' : 'behind'} ours`
  return [
    off > FAR ? warn(what, says, 'let both machines ask a time server (NTP)') : ok(what, says),
  ]
}

function replicas({ replicas, mode, role, minReplicasToWrite }: RedisFacts): readonly Finding[] {
  const what = 'min-replicas-to-write'
  if (replicas === 0 || mode === 'cluster' || role === 'slave') return []
  const advice =
    'set it to 1 where Sentinel may promote a replica: a master that is cut off then stops taking writes'
  if (minReplicasToWrite === undefined) return [warn(what, 'not told', advice)]
  return [
    minReplicasToWrite === 0
      ? warn(what, `0, with ${replicas} replicas`, advice)
      : ok(what, `${minReplicasToWrite}`),
  ]
}
