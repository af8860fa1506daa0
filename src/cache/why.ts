import type { LeaseView, ValueFinding, VersionView } from '../tier/inspector.js'
import type { Space } from './engine.js'
import type { Inspection, MemoryView, RedisView } from './inspection.js'

type Known = Omit<Inspection, 'why'>

/** What stands between a reader and a fresh value, in plain words, each line beginning with the place. */
export function whyOf(space: Space, known: Known): string[] {
  const { memory, redis, queue, flight, resting } = known
  const { clock, settings } = space.engine
  const now = clock.wall()
  const lines = [...memoryLines(space, known, now)]
  if (queue.depth > 0)
    lines.push(`redis: not read, ${count(queue.depth, 'invalidation')} must be told to it first`)
  if (redis !== undefined) lines.push(...redisLines(redis, flight !== undefined, now))
  if (memory !== undefined && redis !== undefined) lines.push(...differences(memory, redis))
  if (flight !== undefined) {
    const of = `a load has been under way for ${ms(now - flight.startedAt)}`
    lines.push(
      flight.revoked
        ? `here: ${of}, an invalidation has overtaken it: its value will not be stored`
        : `here: ${of}, ${count(flight.riders, 'caller')} waiting`,
    )
  }
  if (resting !== undefined)
    lines.push(`here: the last load failed, a stale value is used for ${ms(resting)} more`)
  if (redis?.kind === 'unavailable' && settings.throwOnCacheError)
    lines.push('here: reads reject while redis is away (throwOnCacheError)')
  return lines
}

function memoryLines(space: Space, { memory, bus, key }: Known, now: number): string[] {
  if (space.memory === undefined) return ['memory: there is none (memory: false)']
  if (memory === undefined) return ['memory: nothing there']
  const lines: string[] = []
  switch (memory.standing) {
    case 'due':
      lines.push('memory: fresh, and due to be loaded ahead of time (earlyRefresh)')
      break
    case 'stale':
      lines.push(`memory: ${staleness(memory, now)}`)
      break
    case 'gone':
      lines.push('memory: its time is over')
      break
    case 'untrusted':
      lines.push(`memory: not trusted: ${bus.coherent ? MISSED : distrust(bus)}`)
      break
    case 'revoked':
      lines.push(`memory: ${revocation(space, key)}`)
      break
    case 'hit':
  }
  if (memory.unheard)
    lines.push('memory: not in redis, which was away or refused it: lives briefly')
  return lines
}

/** The channel stands now and did not for a while. */
const MISSED =
  'invalidations may have been missed since it was stored; the next read compares it with redis'

function distrust({ lastProofAt, reason }: Inspection['bus']): string {
  const since = lastProofAt === undefined ? '' : ` since ${new Date(lastProofAt).toISOString()}`
  const said = reason === undefined || reason === SILENT ? '' : ` (${reason})`
  return `${SILENT}${since}${said}`
}

/** As `Trust.stats` says it. */
const SILENT = 'no sign of life from the bus'

function revocation({ marks, inspectors }: Space, key: string): string {
  const entry = inspectors.memory?.look(key)?.entry
  const tag = entry?.tags.find((tag) => marks.verdictOfTags(entry.checked, [tag]) === 'revoked')
  return tag === undefined || (entry?.checked ?? 0) < marks.clearedAt
    ? 'the namespace was cleared since it was stored'
    : `tag '${tag}' was invalidated since it was stored`
}

function redisLines(redis: RedisView, isLoading: boolean, now: number): string[] {
  switch (redis.kind) {
    case 'unavailable':
      return [`redis: unavailable (${redis.reason}): ${redis.message}`]
    case 'absent':
      return ['redis: nothing there']
    case 'unreadable':
      return [`redis: what stands there cannot be read (${redis.fault})`]
    case 'failure':
      return [`redis: no value, a load has just failed (${redis.failure.name})`]
    case 'lease':
      return [
        redis.lease === undefined
          ? 'redis: no value, and the lease of a load that brought none is over'
          : `redis: no value; ${loading(redis.lease, isLoading)}`,
      ]
    case 'value':
      return [...valueLines(redis, now), ...loadLines(redis, isLoading)]
  }
}

function valueLines(value: ValueFinding, now: number): string[] {
  const lines = value.versions.flatMap(versionLines)
  if (value.standing === 'gone')
    lines.push(
      value.staleUntil <= now ? 'redis: its time is over' : 'redis: stale without grace is gone',
    )
  else if (value.standing !== 'fresh' && value.freshUntil <= now)
    lines.push(`redis: ${staleness(value, now)}`)
  return lines
}

function versionLines({ kind, name, now, builtUnder, standing }: VersionView): string[] {
  const of = kind === 'tag' ? `tag '${name}'` : `the namespace '${name}'`
  if (standing === 'good') return []
  if (standing === 'soft') return [`redis: stale, ${of} was softly invalidated`]
  if (now === undefined)
    return [`redis: the version of ${of} it was built under is gone (invalidated, or evicted)`]
  return now === builtUnder
    ? [`redis: ${of} was written on another server, and begins anew at the first read`]
    : [`redis: built under an older version of ${of}`]
}

function loadLines({ lease, resting }: ValueFinding, isLoading: boolean): string[] {
  if (lease !== undefined) return [`redis: ${loading(lease, isLoading)}`]
  if (resting === undefined) return []
  return [`redis: a load has failed, nobody tries again for ${ms(resting)}`]
}

function loading({ left }: LeaseView, isLoading: boolean): string {
  return isLoading
    ? `a lease is held for the load of it, ${ms(left)} left`
    : `another process loads it, ${ms(left)} left`
}

function staleness({ freshUntil }: { readonly freshUntil: number }, now: number): string {
  return freshUntil === 0
    ? 'stale, its freshness was ended (expire, or a soft invalidation)'
    : `stale for ${ms(now - freshUntil)}`
}

/** Memory answers alone; Redis would answer otherwise. */
function differences(memory: MemoryView, redis: RedisView): string[] {
  if (memory.standing !== 'hit' && memory.standing !== 'due') return []
  if (memory.id === '' || memory.unheard || redis.kind === 'unavailable') return []
  if (redis.kind !== 'value') return ['memory: still has a value, redis has none']
  return redis.id === memory.id ? [] : ['memory: still has another value than redis']
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

function ms(length: number): string {
  return `${Math.max(0, Math.round(length))} ms`
}
