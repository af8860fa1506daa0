import { foreignHandler } from './fetch-app.js'
import type { FetchHandler, RouteCacheOption, ServerOptions } from './options.js'
import { Server } from './server.js'
import { parseServerSettings } from './settings.js'

/** A server, which listens when it is told to. Throws `InvalidOptionError`. */
export function createServer(options: ServerOptions = {}): Server {
  const settings = parseServerSettings(options)
  const server = new Server(settings)
  if (settings.fetch !== undefined) addFetch(server, settings.fetch, settings.rules)
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
