/** Which tiers a cache is opened with. */
export type Tiers = 'memory' | 'redis' | 'both'

/** The same for every peer. */
export interface Setup {
  readonly tiers: Tiers
  /** Port of the Redis on this machine; unused with `memory`. */
  readonly port: number
  /** Milliseconds. */
  readonly ttl: number
  readonly maxEntries: number
  load(key: string): Promise<unknown>
  /** In the order of the keys. */
  loadMany(keys: readonly string[]): Promise<unknown[]>
  /**
   * Given: the Redis client is told not to wait longer than this many milliseconds and not to queue while it is away. Not
   * given: the client as its documentation creates it.
   */
  readonly patience?: number
}

/** What every peer can do, by its own means or by the few lines that its users write around it. */
export interface PeerCache {
  /** With the loader of the setup. To be awaited; a bare store answers with the value itself. */
  get(key: string): unknown
  set(key: string, value: unknown): Promise<unknown>
  /** With the loader of many of the setup. */
  getMany(keys: readonly string[]): Promise<unknown>
  close(): Promise<unknown>
}

export interface Peer {
  readonly name: string
  readonly tiers: readonly Tiers[]
  /** A `getMany` of its own; else ours calls `get` for each key. */
  readonly many: boolean
  /** Loads the library only now: a process holds the one that it measures and no other. */
  open(setup: Setup): Promise<PeerCache>
}

/** `both` where there is such a thing, else Redis alone. */
export function widestTiers(peer: Peer): Tiers {
  return peer.tiers.includes('both') ? 'both' : 'redis'
}
