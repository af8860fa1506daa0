import { createRoutes, type Routes } from '../server/routes.js'
import { NEVER_KEPT } from './answer-fields.js'
import { toldOf } from './failure.js'
import { inspectKey } from './inspect-key.js'
import { problemReply } from './problem.js'
import type { Spaces } from './spaces.js'

/**
 * `GET /inspect/{namespace}/{key}`: where a key of the data API lives. To be mounted behind what judges who may ask. A name
 * makes a namespace, as in the data API, within the same bound.
 */
export function inspectRoutes(spaces: Spaces): Routes {
  return createRoutes().get('/inspect/:namespace/*key', async (c) => {
    try {
      const { namespace, key } = c.params
      return c.json(await inspectKey(spaces.of(namespace).cache, key), 200, NEVER_KEPT)
    } catch (error) {
      const told = toldOf(error)
      if (told === undefined) throw error
      return problemReply(told.problem, { detail: told.detail })
    }
  })
}
