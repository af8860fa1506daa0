/** The options of ioredis that change what a connection does. */
export interface SimulatedClientOptions {
  /** Where several servers can be reached. */
  readonly host: string
  readonly lazyConnect: boolean
  readonly connectTimeout: number
  readonly enableOfflineQueue: boolean
  readonly enableReadyCheck: boolean
  readonly maxRetriesPerRequest: number | null
  readonly autoResendUnfulfilledCommands: boolean
  readonly autoResubscribe: boolean
  readonly connectionName: string | undefined
  readonly retryStrategy: ((attempt: number) => number | null | undefined) | null
}

/** As in ioredis 5. */
export const CLIENT_DEFAULTS: SimulatedClientOptions = Object.freeze({
  host: 'localhost',
  lazyConnect: false,
  connectTimeout: 10_000,
  enableOfflineQueue: true,
  enableReadyCheck: true,
  maxRetriesPerRequest: 20,
  autoResendUnfulfilledCommands: true,
  autoResubscribe: true,
  connectionName: undefined,
  retryStrategy: (attempt: number) => Math.min(attempt * 50, 2_000),
})
