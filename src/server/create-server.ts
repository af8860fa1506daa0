import { foreignHandler } from './fetch-app.js'
import type { FetchHandler, RouteCacheOption, ServerOptions } from './options.js'
import { METHODS, REGISTRABLE } from './methods.js'
import type { Proxied } from './proxied.js'
import { Server } from './server.js'
import { parseServerSettings } from './settings.js'

/** A server, which listens when it is told to. Throws `InvalidOptionError`. */
export function createServer(options: ServerOptions = {}): Server {
  const settings = parseServerSettings(options)
  const server = new Server(settings)
  if (settings.fetch !== undefined) addFetch(server, settings.fetch, settings.rules)
  if (server.proxied !== undefined) addOrigin(server, server.proxied, settings.rules)
  return server
}

/** The routes of a fetch-style app: those that are cached by their patterns, then everything. */
function addFetch(server: Server, fetch: FetchHandler, rules: ReadonlyMap<string, unknown>): void {
  const handler = foreignHandler(fetch)
  for (const [pattern, rule] of rules) {
    server.get(pattern, { cache: rule as RouteCacheOption }, handler)
  }
  server.all('/', handler)
  server.all('/*', handler)
}

/** The routes to a server behind this one: those that have a rule, then everything, whatever the method. */
function addOrigin(server: Server, proxied: Proxied, rules: ReadonlyMap<string, unknown>): void {
  for (const [pattern, rule] of rules) server.all(pattern, proxied.handler(pattern, rule))
  for (const pattern of ['/', '/*'].filter((pattern) => !rules.has(pattern))) {
    const handler = proxied.handler(pattern, true)
    server.all(pattern, handler)
    // methods that a server knows only where it has a route for them
    for (const method of OTHERS) server.on(method, pattern, handler)
  }
}

const OTHERS: readonly string[] = [...REGISTRABLE].filter((method) => !METHODS.includes(method))
