import { EventEmitter } from 'node:events'
import type { Cache } from '../cache/cache.js'
import type { CacheManagerEvents } from './manager.js'
import type { ManagerSettings } from './manager-settings.js'

/** What the functions of one facade share. */
export interface Facade {
  readonly cache: Cache
  readonly settings: ManagerSettings
  readonly events: EventEmitter
  /** Keys that `wrap` is bringing up to date. */
  readonly refreshing: Set<string>
}

/** cache-manager tells of these two as well, and does not say so in its types, which ours have to fit. */
interface Told extends CacheManagerEvents {
  ttl: (data: { key: string; value?: number; error?: unknown }) => void
  mdel: (data: { keys: string[]; error?: unknown }) => void
}

export function facadeOf(cache: Cache, settings: ManagerSettings): Facade {
  return { cache, settings, events: new EventEmitter(), refreshing: new Set() }
}

/** Tells those who listen. A listener's own failure is the listener's: it must not become that of a read. */
export function tell<E extends keyof Told>(
  { events }: Facade,
  event: E,
  ...data: Parameters<Told[E]>
): void {
  try {
    events.emit(event, ...data)
  } catch (error) {
    const code = 'STRATA_LISTENER'
    process.emitWarning(`a listener of '${event}' threw: ${String(error)}`, {
      type: 'StrataWarning',
      code,
    })
  }
}

/** Runs the work and passes its failure on, told. */
export async function failing<T>(work: Promise<T>, onError: (error: unknown) => void): Promise<T> {
  try {
    return await work
  } catch (error) {
    onError(error)
    throw error
  }
}
