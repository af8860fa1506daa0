import { CodecError, TierUnavailableError } from '../errors.js'
import {
  leaseChannel,
  type LeaseEvent,
  loadChannel,
  readChannel,
  tierChannel,
  type ReadEvent,
  type TierEvent,
} from './channels.js'
import type { Engine, Space } from './engine.js'
import type { Outcome, Source } from './outcome.js'

/** The one place from which reads, loads and failures are told: counters, channels, voice. Free where nobody listens. */

export function reportRead(
  space: Space,
  key: string,
  outcome: Outcome,
  tier: Source | undefined,
): void {
  space.counters.read(outcome, tier)
  space.engine.onRead?.(space, key)
  if (readChannel.hasSubscribers) {
    readChannel.publish({ namespace: space.name, key, outcome, tier } satisfies ReadEvent)
  }
}

/** Reads that were answered outside of JavaScript, told together. */
export function reportOutside(
  space: Space,
  key: string,
  counts: { readonly hit: number; readonly stale: number },
): void {
  for (const outcome of ['hit', 'stale'] as const) {
    const count = counts[outcome]
    if (count === 0) continue
    space.counters.read(outcome, 'native', count)
    if (!readChannel.hasSubscribers) continue
    const event: ReadEvent = { namespace: space.name, key, outcome, tier: 'native', count }
    readChannel.publish(event)
  }
}

/** Runs a load so that listeners of `strata:load` see its start and end. */
export function traced<T>(space: Space, key: string, run: () => Promise<T>): Promise<T> {
  space.counters.loads++
  if (!loadChannel.hasSubscribers) return run()
  return loadChannel.tracePromise(run, { namespace: space.name, key })
}

/** Without its token, which is the holder's. */
export function reportLease(space: Space, key: string, what: LeaseEvent['what']): void {
  if (!leaseChannel.hasSubscribers) return
  leaseChannel.publish({ namespace: space.name, key, what } satisfies LeaseEvent)
}

/**
 * An operation of the Redis tier failed. Outages as such are told by their change of state, not once per operation. What
 * is no failure of the tier is thrown on.
 */
export function reportTierError(space: Space, error: unknown): TierUnavailableError {
  if (!(error instanceof TierUnavailableError)) throw error
  if (tierChannel.hasSubscribers) {
    tierChannel.publish({
      namespace: space.name,
      tier: 'redis',
      reason: error.reason,
      error,
    } satisfies TierEvent)
  }
  if (error.reason === 'refused') {
    space.engine.voice.error(error, `refused ${error.message.split(' ', 3).join(' ')}`)
  }
  return error
}

/** A loaded value cannot be stored: handed over as it is, said once per namespace. */
export function reportUnstorable(space: Space, error: CodecError): void {
  space.engine.voice.error(error, `unstorable ${space.name}`)
}

/** What happens in Redis beside answers. */
export type RemoteEvent =
  | {
      readonly type: 'record-fault'
      readonly namespace: string
      readonly key: string
      readonly fault: string
    }
  | {
      readonly type: 'oversize'
      readonly namespace: string
      readonly key: string
      readonly bytes: number
      readonly maxBytes: number
    }
  | { readonly type: 'connection'; readonly status: string; readonly reason: string | undefined }
  | { readonly type: 'not-coherent'; readonly reason: string }

export function reportRedisEvent(engine: Engine, event: RemoteEvent): void {
  if (event.type === 'connection' || event.type === 'not-coherent') return // the guard tells of what it means
  const { namespace, key } = event
  if (event.type === 'record-fault') engine.space(namespace).counters.recordFaults++
  const error =
    event.type === 'oversize'
      ? new CodecError(
          `'${key}' is ${event.bytes} bytes, more than redis.maxValueBytes (${event.maxBytes}): kept in memory only`,
          { path: '', type: 'oversize' },
        )
      : new CodecError(
          `the record of '${key}' in redis cannot be read (${event.fault}): taken as a miss`,
          {
            path: '',
            type: event.fault,
          },
        )
  const reason = event.type === 'oversize' ? 'oversize' : 'record'
  if (tierChannel.hasSubscribers)
    tierChannel.publish({ namespace, tier: 'redis', reason, error } satisfies TierEvent)
  engine.voice.error(
    error,
    `${event.type} ${namespace} ${event.type === 'oversize' ? key : event.fault}`,
  )
}
