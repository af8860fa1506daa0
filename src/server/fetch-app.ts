import type { FetchHandler, Handler } from './options.js'

const FOREIGN = new WeakSet<object>()

/** The handler of an app that takes a WHATWG request: what it reads of that cannot be watched. */
export function foreignHandler(fetch: FetchHandler): Handler {
  const handler: Handler = (c) => fetch(c.req.raw)
  FOREIGN.add(handler)
  return handler
}

export function isForeign(handler: Handler): boolean {
  return FOREIGN.has(handler)
}
