import type {
  ClientPurge,
  ClientReading,
  ClientSetOptions,
  ClientWritten,
} from '../client/client.js'
import type { KeyInspection } from '../service/inspect-key.js'

/** A namespace, reached through a service or directly in Redis. Everything rejects with `Failure`. */
export interface Place {
  /** For people: `shop at http://127.0.0.1:7450`. */
  readonly name: string
  /** The value if it is fresh. */
  read(key: string): Promise<ClientReading | undefined>
  set(key: string, value: unknown, options: ClientSetOptions): Promise<ClientWritten>
  purge(what: ClientPurge): Promise<'applied' | 'queued'>
  inspect(key: string): Promise<KeyInspection>
  close(): Promise<void>
}

/** Behind what was written, for people. */
export const QUEUED_NOTE = {
  applied: '',
  queued: ' (Redis is away and will be told later)',
} as const
