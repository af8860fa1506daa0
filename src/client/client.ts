import type { Duration } from '../entry/duration.js'

/** What a value is to the service: anything JSON holds without loss, or bytes with a content type. */
export type ClientValue = unknown

export interface ValueOptions {
  /** How long it is fresh. Default: the ttl of its namespace. Rounded up to whole seconds; 0: it is not kept. */
  readonly ttl?: Duration
  /** How long after that it may still be served, stale. Rounded up to whole seconds. Default: that of its namespace, 0 beside a ttl. */
  readonly grace?: Duration
  /** Labels by which it can be purged. Printable ASCII without commas. Default: none. */
  readonly tags?: readonly string[]
  /** Content type of a `Uint8Array`. Default `application/octet-stream`. */
  readonly type?: string
}

export interface ClientSetOptions extends ValueOptions {
  /** Only if the value there is still this one: the `etag` of a reading, or `'*'` for any. */
  readonly ifMatch?: string
  /** Only if nothing is there. */
  readonly ifAbsent?: boolean
}

export interface ClientLoadOptions extends ValueOptions {
  /** How long others leave the load to this client, 100ms .. 1m. Default `'5s'`. */
  readonly lease?: Duration
  /** How long to wait for somebody else's load before running the loader here too, 0 .. 30s. Default `'2s'`. */
  readonly wait?: Duration
  /** Rejects with `LoadTimeoutError` when the loader takes longer; `false`: never. Default `'30s'`. */
  readonly hardTimeout?: Duration | false
  /** Ends this call; the load as well, unless other callers wait for it. */
  readonly signal?: AbortSignal
}

export interface ClientLoadContext {
  readonly key: string
  /** Aborts when nobody waits any more, or at `hardTimeout`. */
  readonly signal: AbortSignal
}

export interface ClientReading {
  readonly value: ClientValue
  readonly type: string
  /** For `ifMatch`. */
  readonly etag: string | undefined
  /** Seconds since it was stored. */
  readonly age: number
  /** Seconds that it is fresh for; negative when it is stale. Undefined: not said. */
  readonly ttl: number | undefined
}

/** `queued`: Redis cannot be reached, the service tells it later. `refused`: `ifMatch` or `ifAbsent` does not hold. */
export type ClientWriteResult = 'applied' | 'queued' | 'refused'

export interface ClientWritten {
  readonly result: ClientWriteResult
  /** Of the value that was written. */
  readonly etag: string | undefined
}

export interface ClientEntry extends ValueOptions {
  readonly key: string
  readonly value: ClientValue
}

export interface ClientStored {
  readonly stored: number
  readonly queued: boolean
  /** Entries that were not stored, and why. */
  readonly errors: readonly {
    readonly key: string
    readonly problem: string
    readonly detail: string
  }[]
}

export interface ClientPurge {
  readonly tags?: readonly string[]
  readonly keys?: readonly string[]
  /** The whole namespace. */
  readonly all?: boolean
  /** What is purged becomes stale instead of unusable. */
  readonly soft?: boolean
  /** In the namespace `http`, of a service with an origin: responses by their whole URLs, whatever their queries and variants. */
  readonly urls?: readonly string[]
  /** In the same: responses by the patterns of rules. */
  readonly routes?: readonly string[]
}

/** A namespace of a service (`strata serve`). Every method rejects as `StrataError`, except that `getOrLoad` hands on what its loader throws. */
export interface Client {
  /** The value if it is fresh. */
  get<T = ClientValue>(key: string): Promise<T | undefined>
  /** The same, and what is known of it. */
  read(key: string): Promise<ClientReading | undefined>
  /**
   * The value, or what `load` makes of it: one client among all loads, the others wait for it. A failure of the service never
   * becomes the caller's: the loader runs, and `onError` is told.
   */
  getOrLoad<T>(
    key: string,
    load: (context: ClientLoadContext) => T | Promise<T>,
    options?: ClientLoadOptions,
  ): Promise<T>
  set(key: string, value: ClientValue, options?: ClientSetOptions): Promise<ClientWritten>
  delete(key: string, options?: { readonly ifMatch?: string }): Promise<ClientWriteResult>
  /** The fresh ones by key. */
  getMany<T = ClientValue>(keys: readonly string[]): Promise<Map<string, T>>
  setMany(entries: readonly ClientEntry[]): Promise<ClientStored>
  purge(what: ClientPurge): Promise<'applied' | 'queued'>
  /** Another namespace of the same service. */
  namespace(name: string): Client
}
