import type { Site } from './site.js'

/**
 * A server for two routes: `/posts/:id`, of which every post but the first time comes from its cache, with Content-Type,
 * Cache-Control and ETag; and `/hello/:name`, small and made each time.
 */
export interface HttpPeer {
  readonly name: string
  /** Listens on 127.0.0.1, on a free port, which it tells. Loads its library only now: a process holds one of them. */
  open(site: Site): Promise<number>
}
