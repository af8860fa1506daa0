import type { CheckSettings } from './settings.js'
import { keyspaceOf, type Keyspace } from './keyspace.js'

/** The settings that workers need; plain data. */
export type PlainSettings = Pick<
  CheckSettings,
  | 'driver'
  | 'driverOptions'
  | 'seed'
  | 'keys'
  | 'tags'
  | 'clients'
  | 'writeShare'
  | 'pause'
  | 'minLatency'
  | 'maxLatency'
  | 'operationTimeout'
>

/** What a worker is to do: its argument, as JSON. */
export interface Assignment extends PlainSettings {
  readonly process: number
  /** 0, or how many died in this place before it. */
  readonly life: number
  readonly databasePort: number
  /** Path. */
  readonly journal: string
  /** Makes the names of keys and tags. */
  readonly run: string
  /** Ends by itself after as many; null: when it is told to. */
  readonly operations: number | null
}

/** Orders of the parent, each answered by the report that ends it. */
export type Order = 'begin' | 'finish' | 'read-at-rest' | 'close'

/** What a worker tells its parent. */
export type WorkerReport =
  | { readonly kind: 'ready' | 'finished' | 'rested' | 'closed' }
  | {
      readonly kind: 'progress'
      readonly reads: number
      readonly writes: number
      readonly longestPause: number
    }
  | { readonly kind: 'failed'; readonly message: string }

export function keyspaceFor({ run, keys, tags }: Assignment): Keyspace {
  return keyspaceOf(run, keys, tags)
}
