import { type Outcome, OUTCOMES } from '../cache/outcome.js'
import { createRoutes, type Routes } from '../server/routes.js'
import { NEVER_KEPT } from './answer-fields.js'
import { problemReply } from './problem.js'
import type { ReadTail } from './read-tail.js'

/**
 * `GET /tail?outcome=stale&namespace=shop&prefix=post:`: reads as they happen, as server-sent events. To be mounted behind what
 * judges who may ask.
 */
export function tailRoutes(tail: ReadTail): Routes {
  return createRoutes().get('/tail', (c) => {
    const outcomes = outcomesOf(c.req.queries('outcome'))
    if (outcomes === 'wrong') {
      return problemReply('bad-request', { detail: `outcome: ${OUTCOMES.join(', ')}` })
    }
    if (tail.isFull) return problemReply('too-many-followers')
    const namespace = c.req.query('namespace')
    const prefix = c.req.query('prefix') ?? ''
    return c.events(tail.follow({ outcomes, namespace, prefix }), NEVER_KEPT)
  })
}

function outcomesOf(said: readonly string[]): readonly Outcome[] | 'wrong' | undefined {
  if (said.length === 0) return undefined
  const known = OUTCOMES.filter((outcome) => said.includes(outcome))
  return known.length === new Set(said).size ? known : 'wrong'
}
