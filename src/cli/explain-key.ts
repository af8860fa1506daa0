import type { KeyInspection } from '../service/inspect-key.js'
import type { Step } from '../service/step.js'
import { byteSize } from './byte-size.js'
import { span } from './span.js'

type Memory = NonNullable<KeyInspection['memory']>
type Redis = NonNullable<KeyInspection['redis']>
type RedisValue = Extract<Redis, { kind: 'value' }>

/** How a read of the key would go, step by step. */
export function explainKey(seen: KeyInspection): readonly Step[] {
  return [
    keyStep(seen),
    { step: 'namespace', says: seen.namespace },
    ...(seen.redisKey === undefined ? [] : [{ step: 'redis key', says: seen.redisKey }]),
    memoryStep(seen),
    redisStep(seen),
    ...flightSteps(seen),
    { step: 'a get', says: outcomeOf(seen) },
    ...(seen.why.length === 0 ? [] : [{ step: 'because', says: '', detail: seen.why }]),
  ]
}

function keyStep({ key }: KeyInspection): Step {
  const bytes = Buffer.byteLength(key)
  return { step: 'key', says: `${JSON.stringify(key)} (${bytes} byte${bytes === 1 ? '' : 's'})` }
}

function memoryStep({ memory, at }: KeyInspection): Step {
  if (memory === undefined) return { step: 'memory', says: 'nothing there' }
  return {
    step: 'memory',
    says: STANDING[memory.standing],
    detail: [
      lifetime(memory, at),
      memory.trusted
        ? 'trusted: every invalidation that may concern it has been heard'
        : 'not trusted: an invalidation of another process may have been missed',
      ...(memory.tags.length === 0 ? [] : [`tags: ${memory.tags.join(', ')}`]),
    ],
  }
}

const STANDING: Readonly<Record<Memory['standing'], string>> = {
  hit: 'fresh: the read ends here',
  due: 'fresh: the read ends here, and it is loaded anew ahead of time',
  stale: 'stale',
  untrusted: 'there, to be compared with Redis before it is used',
  revoked: 'invalidated since it was stored',
  gone: 'there, and its time is over',
}

function redisStep({ redis, memory, at, queue }: KeyInspection): Step {
  const step = 'redis'
  if (redis === undefined) return { step, says: 'there is none' }
  const isAsked = memory?.standing !== 'hit' && memory?.standing !== 'due'
  const note = isAsked ? '' : ' (not asked: memory has it)'
  const queued =
    queue.depth === 0 ? [] : [`not read: ${queue.depth} invalidations must be told to it first`]
  if (redis.kind === 'value') {
    const { standing } = redis
    return {
      step,
      says: `${VALUE[standing]}${note}`,
      detail: [...valueLines(redis, at), ...queued],
    }
  }
  return { step, says: `${othersOf(redis)}${note}`, detail: queued }
}

const VALUE: Readonly<Record<RedisValue['standing'], string>> = {
  fresh: 'a fresh value',
  stale: 'a stale value',
  gone: 'a value whose time is over',
  ended: 'a value that was invalidated',
}

function valueLines(redis: RedisValue, at: number): readonly string[] {
  const { record, lease, versions, bytes } = redis
  return [
    lifetime(redis, at),
    `record: ${record.head}, ${byteSize(bytes)}${record.compressed ? ', compressed' : ''}`,
    ...versions.map(
      ({ kind, name, builtUnder, now, standing }) =>
        `${kind} '${name}': built under ${builtUnder}, now ${now ?? 'none'}: ${VERSION[standing]}`,
    ),
    ...(lease === undefined ? [] : [`somebody loads a new one, ${span(lease.left)} left`]),
  ]
}

const VERSION = { good: 'good', soft: 'softly invalidated', ended: 'invalidated' } as const

function othersOf(redis: Exclude<Redis, RedisValue>): string {
  switch (redis.kind) {
    case 'absent':
      return 'nothing there'
    case 'lease':
      return redis.lease === undefined
        ? 'no value, and the lease of a load that brought none'
        : `no value; somebody loads it, ${span(redis.lease.left)} left`
    case 'failure':
      return `no value: a load has just failed (${redis.failure.name})`
    case 'unreadable':
      return `something that cannot be read (${redis.fault})`
    case 'unavailable':
      return `no answer (${redis.reason}): ${redis.message}`
  }
}

function flightSteps({ flight, resting, at }: KeyInspection): readonly Step[] {
  return [
    ...(flight === undefined
      ? []
      : [
          {
            step: 'load',
            says: `runs here for ${span(at - flight.startedAt)}, ${flight.riders} callers wait${flight.revoked ? ', overtaken by an invalidation' : ''}`,
          },
        ]),
    ...(resting === undefined
      ? []
      : [{ step: 'rest', says: `a load has failed; none is tried for ${span(resting)}` }]),
  ]
}

/** What `get` with a loader would do. */
export function outcomeOf({ outcome, tier, memory, redis, at }: KeyInspection): string {
  switch (outcome) {
    case 'hit': {
      const { freshUntil } = (tier === 'memory' ? memory : (redis as RedisValue)) ?? {
        freshUntil: at,
      }
      return `a hit from ${tier}, fresh for ${span(freshUntil - at)} more`
    }
    case 'stale':
      return `stale from ${tier} while a load makes a new one; without a loader a miss`
    case 'miss':
      return 'a miss: the loader would run'
    case 'error':
      return 'rejects: Redis is away'
  }
}

interface Deadlines {
  readonly storedAt: number
  readonly freshUntil: number
  readonly staleUntil: number
}

/** `stored 48s ago, fresh for 4m 12s more, then stale for 1h`. */
export function lifetime({ storedAt, freshUntil, staleUntil }: Deadlines, at: number): string {
  const stored = `stored ${span(at - storedAt)} ago`
  const usable = staleUntil > at ? `, usable as stale for ${span(staleUntil - at)} more` : ''
  if (freshUntil === 0) return `${stored}, made stale by an invalidation${usable}`
  if (freshUntil <= at) return `${stored}, stale for ${span(at - freshUntil)}${usable}`
  const grace = staleUntil > freshUntil ? `, then stale for ${span(staleUntil - freshUntil)}` : ''
  return `${stored}, fresh for ${span(freshUntil - at)} more${grace}`
}
