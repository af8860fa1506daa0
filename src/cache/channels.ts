import {
  channel,
  tracingChannel,
  type Channel,
  type TracingChannel,
} from 'node:diagnostics_channel'
import type { Invalidation } from '../bus/bus.js'
import type { TierFailure } from '../errors.js'
import type { Outcome, Source } from './outcome.js'

/** Published on `strata:read`, once per read; of those that were answered natively one for several. */
export interface ReadEvent {
  readonly namespace: string
  readonly key: string
  readonly outcome: Outcome
  readonly tier: Source | undefined
  /** How many reads it tells of; undefined: one. */
  readonly count?: number
}

/** The context of `strata:load`, a TracingChannel: start, end, asyncStart, asyncEnd, error. */
export interface LoadEvent {
  readonly namespace: string
  readonly key: string
}

/** Published on `strata:lease`: a holder outside of this process was lent the load of a key, or has ended it here. */
export interface LeaseEvent {
  readonly namespace: string
  readonly key: string
  /** `filled`: what was loaded is stored. `revoked`: it came too late, or was overtaken. `returned`: nothing was loaded. */
  readonly what: 'lent' | 'filled' | 'revoked' | 'returned'
}

/** Published on `strata:invalidate`, once per invalidation of this process. */
export interface InvalidateEvent {
  readonly namespace: string
  readonly invalidation: Invalidation
  readonly result: 'applied' | 'queued'
}

/** Published on `strata:tier`: an operation that failed, or a record that could not be used. */
export interface TierEvent {
  readonly namespace: string
  readonly tier: 'redis'
  readonly reason: TierFailure | 'record' | 'oversize'
  readonly error?: Error
}

/** node:diagnostics_channel: nothing is built while nobody listens. The channels themselves carry `unknown`. */
export const readChannel: Channel = channel('strata:read')
export const loadChannel: TracingChannel<unknown, LoadEvent> = tracingChannel<unknown, LoadEvent>(
  'strata:load',
)
export const leaseChannel: Channel = channel('strata:lease')
export const invalidateChannel: Channel = channel('strata:invalidate')
export const tierChannel: Channel = channel('strata:tier')
