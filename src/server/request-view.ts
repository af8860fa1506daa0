import type { Fields } from '../http/fields.js'

/** What can be read of a request. */
export type Input = 'query' | 'header' | 'cookie' | 'body' | 'raw'

/** `name` is undefined where all was read. */
export type Witness = (input: Input, name: string | undefined) => void

/** A request as a handler sees it whose answer may be kept for others. */
export interface RequestView {
  /** The answer to a HEAD is that to a GET. */
  readonly method: string
  /** With what the cache asks (conditions of its own) and without what it answers itself. */
  readonly fields: Fields
  /** Aborts when nobody waits for the answer any more; undefined: that of the client. */
  readonly signal: AbortSignal | undefined
  /** Told of everything that is read. */
  readonly witness: Witness
  /** Of an app that takes a WHATWG request: with what the key names, and nothing else. */
  readonly request: (() => Request) | undefined
}
