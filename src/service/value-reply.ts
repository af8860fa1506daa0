import type { Reading } from '../cache/outcome.js'
import { formatCacheStatus } from '../http/cache-status.js'
import type { Fields } from '../http/fields.js'
import { Reply } from '../server/reply.js'
import { Refusal } from './problem.js'
import { representationOf } from './representation.js'

/** `now`: wall-clock milliseconds. */
export interface Asked {
  readonly accept: string | undefined
  readonly now: number
}

/** A value, in a form that is accepted, with its age. Throws `Refusal`. */
export function valueReply(reading: Reading<unknown>, { accept, now }: Asked): Reply {
  const form = representationOf(reading.value, accept)
  if (form === undefined) {
    throw new Refusal('not-acceptable', 'application/vnd.msgpack has every value, JSON plain data')
  }
  const fields = ['content-type', form.type, ...timesOf(reading, now)]
  if (reading.id !== undefined) fields.push('etag', entityTag(reading.id, form.mark))
  return new Reply(200, fields, form.bytes)
}

export function entityTag(id: string, mark = ''): string {
  return `"${id}${mark}"`
}

/** Seconds since it was stored, and of freshness left. */
export function secondsOf(
  { storedAt = 0, freshUntil = 0 }: Reading<unknown>,
  now: number,
): { readonly age: number; readonly ttl: number } {
  return {
    age: Math.max(0, Math.floor((now - storedAt) / 1_000)),
    ttl: Math.floor((freshUntil - now) / 1_000),
  }
}

function timesOf(reading: Reading<unknown>, now: number): Fields {
  const { age, ttl } = secondsOf(reading, now)
  return ['age', String(age), 'cache-status', formatCacheStatus({ hit: true, ttl })]
}
