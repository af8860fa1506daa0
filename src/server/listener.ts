export interface ListenAddress {
  readonly address: string
  readonly family: string
  readonly port: number
}

export interface ListenerCounts {
  /** Answered without the server. */
  readonly requests: number
  /** Of these, from the cache. */
  readonly hits: number
  /** Before routing. */
  readonly refused: number
  readonly aborted: number
}

/** What takes connections and speaks HTTP. */
export interface Listener {
  readonly isNative: boolean
  /** Rejects with `ListenError`. */
  listen(): Promise<ListenAddress>
  /**
   * Takes no more connections, closes those that wait for a request, lets answers be finished for so many milliseconds,
   * then cuts them off. The port is free when it resolves.
   */
  close(timeout: number): Promise<void>
  /** Whether it keeps the process alive. */
  keepAlive(isKept: boolean): void
  connections(): number
  /** What it has counted beside the server's own counters. */
  counts(): ListenerCounts
  /** The routes are others from now on. */
  routesChanged(): void
}
