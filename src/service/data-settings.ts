/** What the data API goes by, resolved and complete. Another one takes its place when the configuration is read again. */
export interface DataSettings {
  /** Bytes of a value. */
  readonly maxValue: number
  /** UTF-8 bytes of a key. */
  readonly maxKey: number
  /** Entries or keys of a batch. */
  readonly maxBatch: number
  /** Namespaces in use at once. */
  readonly maxNamespaces: number
  /** Whether there are namespaces beside those that are named here. */
  readonly otherNamespaces: boolean
  /** Of each namespace that is named, by its name in URLs. */
  readonly namespaces: ReadonlyMap<string, NamespaceSettings>
  /** Of all others. */
  readonly defaults: NamespaceSettings
}

export interface NamespaceSettings {
  /** Milliseconds for what comes without a lifetime of its own. */
  readonly ttl: number
  readonly grace: number
  readonly quota: Quota
}

/** Undefined: no bound of its own. Bytes and entries are those written by this process. */
export interface Quota {
  readonly bytes: number | undefined
  readonly entries: number | undefined
  /** Bytes of a value; the service's own bound holds as well. */
  readonly maxValue: number | undefined
  /** UTF-8 bytes of a key; the service's own bound holds as well. */
  readonly maxKey: number | undefined
}
