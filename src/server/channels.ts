import { channel, type Channel } from 'node:diagnostics_channel'

/**
 * Published on `strata:request`, once per request that JavaScript has answered: what the listener in Rust answers from the
 * cache is counted (`stats().hits`) and not told.
 */
export interface RequestEvent {
  /** The app that answered, as `createServer` gave it. */
  readonly app: object
  readonly method: string
  readonly status: number
  /** Milliseconds until the answer stood; of a stream, until it began. */
  readonly duration: number
}

/** Nothing is measured while nobody listens. */
export const requestChannel: Channel = channel('strata:request')
