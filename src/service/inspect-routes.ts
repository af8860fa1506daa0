import type { Cache } from '../cache/cache.js'
import { InvalidKeyError, InvalidOptionError } from '../errors.js'
import { createRoutes, type Routes } from '../server/routes.js'
import { inspectKey } from './inspect-key.js'
import { problemReply } from './problem.js'

/**
 * `GET /inspect/{namespace}/{key}`: where a key of the data API lives. To be mounted behind what judges who may ask; `cache` is
 * the root of the service.
 */
export function inspectRoutes(cache: Cache): Routes {
  return createRoutes().get('/inspect/:namespace/*key', async (c) => {
    try {
      const { namespace, key } = c.params
      return c.json(await inspectKey(cache.namespace(namespace), key), 200, NEVER_KEPT)
    } catch (error) {
      if (error instanceof InvalidKeyError)
        return problemReply('bad-key', { detail: error.message })
      if (!(error instanceof InvalidOptionError)) throw error
      return problemReply('bad-namespace', { detail: error.message })
    }
  })
}

const NEVER_KEPT = { 'cache-control': 'no-store' }
