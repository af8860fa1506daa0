import { isUtf8 } from 'node:buffer'
import { splitList } from '../http/field-list.js'
import { type Fields, linesOf, valueOf } from '../http/fields.js'
import { Reply } from '../server/reply.js'
import type { DataSettings } from './data-settings.js'
import type { SpaceHandler } from './guarded.js'
import { assertKeyText } from './key-text.js'
import { Refusal } from './problem.js'
import { lifeOfFields } from './put-lifetime.js'
import { valueOfBody } from './stored-value.js'
import { entityTag } from './value-reply.js'
import { writeConditionOf } from './write-condition.js'
import { assertWritable, type Written, writeValue } from './write-value.js'

/** `PUT` of a key: the body becomes its value. */
export function putValue(settings: () => DataSettings): SpaceHandler {
  return async (c, space) => {
    const { key } = c.params
    const { fields } = c.req.incoming
    assertWritable(space)
    assertKeyText(key, space, settings(), 'key-too-long')
    assertWhole(fields)
    const life = lifeOfFields(fields, space.settings)
    const condition = writeConditionOf(fields)
    const lease = leaseOf(fields)
    if (lease !== undefined && condition !== undefined) {
      throw new Refusal('bad-request', 'a lease and a condition exclude each other')
    }
    const tags = tagsOf(fields)
    const bytes = await c.req.bytes()
    const value = valueOfBody(valueOf(fields, 'content-type'), bytes)
    const writing = { key, value, bytes: bytes.byteLength, life, tags, condition, lease }
    return writtenReply(await writeValue(space, settings(), writing))
  }
}

export function writtenReply({ result, id }: Written): Reply {
  const fields = id === '' ? [] : ['etag', entityTag(id)]
  if (result === 'queued') fields.push('strata-write', 'queued')
  return new Reply(204, fields, undefined)
}

/** Throws `Refusal` for what is not all of a value as it is to be answered. */
function assertWhole(fields: Fields): void {
  const coding = valueOf(fields, 'content-encoding')
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity') {
    throw new Refusal('unsupported-media-type', 'a body is stored without a content coding')
  }
  // RFC 9110 section 14.5
  if (valueOf(fields, 'content-range') !== undefined) {
    throw new Refusal('bad-request', 'a part of a value cannot be put')
  }
}

/** As it was given, with or without what stood behind it there. */
function leaseOf(fields: Fields): string | undefined {
  const field = valueOf(fields, 'strata-lease')
  if (field === undefined) return undefined
  const [token = ''] = field.split(';', 1)
  return assertToken(token.trim())
}

/** Throws `Refusal` for what never was the token of a lease. */
export function assertToken(token: string): string {
  if (/^[\x21-\x7e]{1,256}$/.test(token)) return token
  throw new Refusal('bad-request', 'this is no token of a lease')
}

/** Fields are bytes, tags are text: what is not ASCII is UTF-8. */
function tagsOf(fields: Fields): readonly string[] {
  return splitList(linesOf(fields, 'cache-tag')).map((tag) => {
    const bytes = Buffer.from(tag, 'latin1')
    if (!isUtf8(bytes)) throw new Refusal('bad-request', 'Cache-Tag: a tag is UTF-8')
    return bytes.toString()
  })
}
