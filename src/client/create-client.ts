import type { Client } from './client.js'
import { Connection } from './connection.js'
import { Flights } from './flights.js'
import { ServiceClient } from './service-client.js'
import { type ClientOptions, clientSettings } from './settings.js'

/**
 * A client of a cache service (`strata serve`). Needs `fetch` and nothing else: Node, browsers, Deno, Bun. Throws
 * `InvalidOptionError`; connects to nothing before it is asked something.
 */
export function createClient(options: ClientOptions): Client {
  const settings = clientSettings(options)
  const shared = { settings, connection: new Connection(settings), flights: new Flights() }
  return new ServiceClient(shared, settings.namespace)
}
