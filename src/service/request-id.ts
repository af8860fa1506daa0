import { newId } from '../entry/id.js'
import { type Fields, valueOf } from '../http/fields.js'

const GIVEN = /^[A-Za-z0-9._-]{1,128}$/

/** The id a client gave its request, where it is one that can be logged and sent back as it is; else a new one. */
export function requestIdOf(fields: Fields): string {
  for (const name of ['request-id', 'x-request-id']) {
    const given = valueOf(fields, name)
    if (given !== undefined && GIVEN.test(given)) return given
  }
  return newId()
}
