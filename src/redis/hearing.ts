import type { Bus } from '../bus/bus.js'
import type { Envelope } from '../bus/message.js'
import type { Trust } from '../bus/trust.js'
import type { Wakes } from '../bus/wakes.js'
import type { Clock } from '../clock.js'
import type { NamespaceLife } from './namespace-life.js'
import type { RedisEvent } from './redis-event.js'
import type { RedisLink } from './redis-link.js'
import type { TurnWrites } from './turn-writes.js'

/** What hearing of other processes needs, whichever way it comes. */
export interface HearingParts {
  /** The connection of the data, on which heartbeats are sent. */
  readonly link: RedisLink
  readonly writes: TurnWrites
  readonly root: string
  /** Of this cache: what it announced itself is skipped. */
  readonly instance: string
  /** Milliseconds. */
  readonly maxStaleness: number
  readonly bus: Bus
  readonly trust: Trust
  readonly wakes: Wakes
  /** Those of the namespaces in use. */
  readonly lives: () => readonly NamespaceLife[]
  readonly clock: Clock
  readonly report: (event: RedisEvent) => void
}

/** Heartbeats within the time that memory is trusted without one. */
export const BEATS = 5

/** Versions of namespaces that one heartbeat asks for. */
const MOST_LIVES = 100

/** All namespaces in turn, so many at once. */
export class LifeRound {
  #next = 0

  take(lives: readonly NamespaceLife[]): readonly NamespaceLife[] {
    if (lives.length <= MOST_LIVES) return lives
    const from = this.#next % lives.length
    this.#next = from + MOST_LIVES
    return lives.slice(from, from + MOST_LIVES)
  }
}

/** Acts on what was heard. Undefined: it may have been an invalidation that this version of the software does not know. */
export function act(
  { bus, wakes, instance, trust }: HearingParts,
  envelope: Envelope | undefined,
): void {
  if (envelope === undefined) return trust.raise(trust.coherentUntil)
  const { namespace, message } = envelope
  // also from this process: a load of its own that can no longer be joined is waited for like another's
  if (message.kind === 'wake') wakes.wake(namespace, message.key)
  else if (envelope.instance !== instance) bus.announce(namespace, message, 'heard')
  else if (message.kind === 'remove') for (const key of message.keys) wakes.wake(namespace, key)
}
