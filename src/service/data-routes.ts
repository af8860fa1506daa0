import type { Cache } from '../cache/cache.js'
import { createRoutes, type Routes } from '../server/routes.js'
import type { Access } from './access.js'
import type { DataSettings } from './data-settings.js'

export interface DataParts {
  /** The root of the service: namespace `a` of a URL is its child `a`. */
  readonly cache: Cache
  /** As configured at this moment. */
  readonly settings: () => DataSettings
  readonly access: () => Access
  /** Told of what the service did not expect; never of values or tokens. */
  readonly onFault: (what: string, error: unknown) => void
}

/**
 * The data API, to be mounted at `/` of a server. After a change of the configuration it is made anew and mounted once more
 * with `replace`: whether `GET` is answered from kept responses, and how long a body may be, is decided here.
 */
export function dataRoutes(
  _parts: DataParts,
  options: { readonly replace?: boolean } = {},
): Routes {
  const { replace = false } = options
  return createRoutes().get('/healthz', { replace }, (c) => c.json({ status: 'ok' }))
}
