import { giveUp, remove } from '../cache/handle.js'
import { Reply } from '../server/reply.js'
import type { DataSettings } from './data-settings.js'
import type { SpaceHandler } from './guarded.js'
import { assertKeyText } from './key-text.js'
import { Refusal } from './problem.js'
import { assertToken, writtenReply } from './put-value.js'
import { writeConditionOf } from './write-condition.js'

/** `DELETE` of a key, or with `lease` of the right to load it. */
export function deleteValue(settings: () => DataSettings): SpaceHandler {
  return async (c, space) => {
    const { cache, ledger } = space
    const { key } = c.params
    assertKeyText(key, space, settings(), 'key-too-long')
    const lease = c.req.query('lease')
    if (lease !== undefined) {
      if (await giveUp(cache, key, assertToken(lease))) return new Reply(204, [], undefined)
      throw new Refusal('lease-revoked')
    }
    const condition = writeConditionOf(c.req.incoming.fields)
    const result =
      condition === undefined ? await cache.delete(key) : await remove(cache, key, condition)
    if (result === 'refused') throw new Refusal('precondition-failed')
    ledger?.delete(key)
    return writtenReply({ result, id: '' })
  }
}
