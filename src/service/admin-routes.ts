import type { Registry } from 'prom-client'
import type { Cache } from '../cache/cache.js'
import { createRoutes, type Routes } from '../server/routes.js'
import type { Access } from './access.js'
import { adminGuard, guardedFields } from './admin-guard.js'
import { NEVER_KEPT } from './answer-fields.js'
import { type Explainer, explainRoutes } from './explain-routes.js'
import { inspectRoutes } from './inspect-routes.js'
import { openApiDocument } from './openapi/document.js'
import type { ReadTail } from './read-tail.js'
import { isReady, readinessOf } from './readiness.js'
import type { Spaces } from './spaces.js'
import { tailRoutes } from './tail-routes.js'

export interface AdminParts {
  readonly cache: Cache
  readonly spaces: Spaces
  readonly access: () => Access
  readonly metrics: Registry
  readonly tail: ReadTail
  /** Undefined: there is no origin. */
  readonly explain: Explainer | undefined
  /** Aborts when the service begins to close. */
  readonly closing: AbortSignal
}

/** What the admin listener has beside the data API: how the service is. */
export function adminRoutes(parts: AdminParts): Routes {
  const { cache, spaces, access, metrics, closing, explain, tail } = parts
  const routes = createRoutes()
  const guard = adminGuard(access)
  // by their paths: what is mounted beside these has rules of its own
  for (const path of ['/readyz', '/metrics', '/openapi.json', '/inspect', '/explain', '/tail'])
    routes.use(path, guardedFields()).use(path, guard)
  routes.get('/readyz', (c) => {
    const readiness = readinessOf(cache, closing.aborted)
    return c.json(readiness, isReady(readiness) ? 200 : 503, NEVER_KEPT)
  })
  routes.get('/metrics', async (c) =>
    c.text(await metrics.metrics(), 200, { ...NEVER_KEPT, 'content-type': metrics.contentType }),
  )
  const document = JSON.stringify(openApiDocument())
  routes.get('/openapi.json', (c) => c.text(document, 200, { 'content-type': 'application/json' }))
  return routes
    .route('/', inspectRoutes(spaces))
    .route('/', explainRoutes(explain))
    .route('/', tailRoutes(tail))
}
