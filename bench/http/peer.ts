import type { Site } from './site.js'

/**
 * A server for three routes: `/posts/:id`, of which every post but the first time comes from its cache, with Content-Type,
 * Cache-Control and ETag; `/hello/:name` and `/text/:name`, small JSON and text, made each time (those that only cache
 * have no such routes).
 */
export interface HttpPeer {
  readonly name: string
  /**
   * Listens on 127.0.0.1, on a free port. Loads its library only now: a process holds one of them. Rejects with "left out:"
   * and why when it is not installed.
   */
  open(site: Site): Promise<OpenPeer>
}

export interface OpenPeer {
  readonly port: number
  /** The process that answers, and all below it; absent: this process. */
  readonly pid?: number
  /** Other processes that work for its answers. */
  readonly beside?: readonly number[]
}
