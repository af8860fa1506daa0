/**
 * What the addon offers, in TypeScript's own words: callers depend on this file and never on the addon's generated
 * typings, which a type test holds against it. Buffers are read or filled within the call and never kept. Every call
 * throws a `NativeError` for arguments that make no sense, and none waits, `join` excepted.
 */
export interface NativeBinding {
  readonly NativeStore: NativeStoreClass
  readonly NativeFront: NativeFrontClass
}

/** Thrown by the addon. `EADDRINUSE` and the like come from the operating system. */
export interface NativeError extends Error {
  readonly code: NativeErrorCode | (string & {})
}

export type NativeErrorCode =
  | 'ERR_NATIVE_ARGUMENT' // a length, a number or a config field out of range
  | 'ERR_NATIVE_PROGRAM' // the routes' program is none, or does not fit
  | 'ERR_NATIVE_WIRE' // a record of `exchange` is broken, or the buffers overlap
  | 'ERR_NATIVE_CLOSED' // the front was joined

export interface NativeStoreClass {
  /** @param maxBytes what records, keys and labels may take together, 1 .. 2^53 - 1 */
  new (maxBytes: number): NativeStore
}

/** Responses kept in Rust: the memory tier of cached routes. Several fronts of one process may share it. */
export interface NativeStore {
  /**
   * Keeps a response under the key of the flight `token`, with labels (tags, dependencies). `meta` and `packed` are copied.
   * Returns the record's handle, 0 if it was refused: too large, no such flight, or invalidated since the flight began.
   */
  put(token: number, meta: Buffer, packed: Buffer, labels: string[], flags: number): number
  /** Keeps the record `handle` under the key of `token` as well. Returns whether it did. */
  alias(token: number, handle: number): boolean
  /** New lifetimes of a record in ms from now; it is trusted again. Returns whether it is still there. */
  renew(handle: number, freshFor: number, staleFor: number): boolean
  /** A copy of what `put` was given as `packed`, also of a record that is not answered any more; null when it was evicted. */
  read(handle: number): Buffer | null
  has(handle: number): boolean
  /** What was born before now and has one of these labels is never answered again. */
  purgeLabels(labels: string[]): void
  /** Forgets everything, flights included: what they bring is not kept. */
  clear(): void
  /** Nothing that is in the store now is answered before it is renewed. */
  distrust(): void
  /** Monotonic milliseconds of the store's own clock. */
  now(): number
  /** Records that are measured by it are answered until then, in ms of the store's clock; Infinity: without end. */
  coherentUntil(at: number): void
  /** Hits since the last call, four numbers a record: handle, hits, those answered 304, those answered stale. */
  drainHits(): number[]
  stats(): NativeStoreStats
}

export interface NativeStoreStats {
  /** Keys with something stored. */
  readonly entries: number
  /** With all that is counted for them; never more than `maxBytes`. */
  readonly bytes: number
  readonly maxBytes: number
  /** Pushed out for want of room. */
  readonly evictions: number
  /** Fills under way. */
  readonly flights: number
  /** Requests that wait for one. */
  readonly waiters: number
  /** Labels known. */
  readonly labels: number
  /** Handles known; some may be dead. */
  readonly handles: number
}

export interface NativeFrontClass {
  /**
   * Binds, starts the threads that accept and answer, returns at once. `wake` is called, without arguments and from the
   * event loop, when records wait after there were none; it does not keep the process alive.
   * Throws with the code of the operating system when it cannot bind.
   */
  open(config: NativeConfig, programJson: string, store: NativeStore, wake: () => void): NativeFront
}

/** Listeners of one address with their connections. */
export interface NativeFront {
  address(): NativeAddress
  /**
   * Takes the records in the first `outLength` bytes of `out`, then fills `into` with whole records. Returns the bytes
   * filled; 0: nothing waits, and `wake` will be called when something does. The two buffers must not overlap.
   */
  exchange(out: Buffer, outLength: number, into: Buffer): number
  /** Replaces the routes at once: requests read from now on meet the new ones. */
  setProgram(programJson: string): void
  /** Stops accepting now, ends what runs within `timeout` ms, then sends the record CLOSED. */
  close(timeout: number): void
  /** Waits for the threads: call it after CLOSED, or to cut everything short. Everything else throws afterwards. */
  join(): void
  stats(): NativeFrontStats
}

export interface NativeAddress {
  readonly address: string
  readonly family: 'IPv4' | 'IPv6'
  readonly port: number
}

/** Every number is a whole one, times are in ms, 0 = no limit where it says so. */
export interface NativeConfig {
  /** Of the front, in keys of the store: one number per front of the process. */
  readonly front: number
  /** An address, no name: names are resolved before. */
  readonly ip: string
  /** 0 = one that is free. */
  readonly port: number
  /** With other processes that say so as well, which get their share of the connections; on Linux only. */
  readonly sharesPort: boolean
  /** 0 = as many as cores, at most 4. */
  readonly threads: number
  readonly headerBytes: number
  readonly headerFields: number
  /** Open at a time. */
  readonly connections: number
  /** Requests given to JavaScript and not answered. */
  readonly pending: number
  /** Per key. */
  readonly waiters: number
  readonly headerTimeout: number
  readonly idleTimeout: number
  readonly requestTimeout: number
  readonly bodyTimeout: number
  readonly writeTimeout: number
  /** 0 = none. */
  readonly handlerTimeout: number
}

export interface NativeFrontStats {
  /** Answered from the store or given to JavaScript. */
  readonly requests: number
  /** Answered from the store. */
  readonly hits: number
  /** Malformed, too long, too slow: answered with an error before routing. */
  readonly refused: number
  /** Clients that went away before they were answered. */
  readonly aborted: number
  /** Answered with 503: too many wait for JavaScript. */
  readonly overloaded: number
  /** Open now. */
  readonly connections: number
  /** Given to JavaScript and not answered now. */
  readonly pending: number
  /** Connections taken. */
  readonly accepted: number
  /** Connections closed at once: there were too many. */
  readonly dropped: number
  /** Connections lost by an error of ours. */
  readonly panics: number
  /** Answers of JavaScript that could not be sent as they were. */
  readonly unsendable: number
  /** Bytes that wait for JavaScript now. */
  readonly queuedBytes: number
}
