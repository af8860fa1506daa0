import type { Listener } from './listener.js'

/** What a server counted since it was made. */
export interface ServerStats {
  /** Requests that were routed, whatever came of it. */
  readonly requests: number
  /** Of these, answered from the cache by the listener in Rust, without JavaScript. */
  readonly hits: number
  /** Of these, not answered yet. */
  readonly running: number
  /** Errors that no handler took: answered with 500. */
  readonly errors: number
  /** Handlers that took too long: answered with 504. */
  readonly timeouts: number
  /** Clients that went away before they were answered. */
  readonly aborted: number
  /** Messages that were refused before routing: malformed, too long, too slow. */
  readonly refused: number
  /** Open now. */
  readonly connections: number
}

/** What a server has counted itself. */
export class ServerCounters {
  requests = 0
  running = 0
  errors = 0
  timeouts = 0
  aborted = 0
  refused = 0

  /** With what its listener has, if there is one. */
  stats(listener: Listener | undefined): ServerStats {
    const { requests, running, errors, timeouts, aborted, refused } = this
    const own = { requests, running, errors, timeouts, aborted, refused }
    if (listener === undefined) return { ...own, hits: 0, connections: 0 }
    const more = listener.counts()
    return {
      ...own,
      requests: requests + more.requests,
      hits: more.hits,
      aborted: aborted + more.aborted,
      refused: refused + more.refused,
      connections: listener.connections(),
    }
  }
}
