import { lastModifiedOf } from './date-field.js'
import { strongMatch, weakMatch } from './entity-tag.js'
import { type Fields, linesOf, withoutFields } from './fields.js'
import { withoutHopByHop } from './hop-by-hop.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { entityTagOf, isLastModifiedStrong } from './validator.js'

/** What a client asked for its own copy's sake: the cache asks for the whole of its own. */
const CLIENT_CONDITIONS: ReadonlySet<string> = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
])

/**
 * The request that asks the origin whether a stored response is still good (RFC 9111 section 4.3.1): If-None-Match if it has
 * an entity tag, and If-Modified-Since if it has a date. Without either it simply asks for a new one. Method and all other
 * fields stay.
 */
export function validationRequest(request: HttpRequest, stored: ResponseHead): HttpRequest {
  const own: string[] = []
  if (entityTagOf(stored) !== undefined) own.push('if-none-match', lineOf(stored, 'etag'))
  if (lastModifiedOf(stored) !== undefined)
    own.push('if-modified-since', lineOf(stored, 'last-modified'))
  return { ...request, fields: [...withoutFields(request.fields, CLIENT_CONDITIONS), ...own] }
}

/**
 * The stored response with what a 304 says about it (RFC 9111 sections 4.3.4 and 3.2); undefined if the 304 is about another
 * one, and nothing stored may be updated by it. Without Age, and with a Date only if the 304 has one. To be judged anew, with
 * the times of the validation: that gives its new lifetime, or says that it may no longer be stored.
 */
export function freshen(stored: ResponseHead, response304: ResponseHead): ResponseHead | undefined {
  if (!selects(response304, stored)) return undefined
  return { status: stored.status, fields: updated(stored.fields, response304.fields) }
}

/**
 * Whether what a HEAD found is what is stored (RFC 9111 section 4.3.5). If so `updateFromHead` gives the updated response; if
 * not the stored one is to be taken for stale.
 */
export function headAgrees(stored: ResponseHead, head: ResponseHead): boolean {
  return ['etag', 'last-modified', 'content-length'].every((name) => {
    const told = linesOf(head.fields, name)
    return told.length === 0 || told.join() === linesOf(stored.fields, name).join()
  })
}

/** The stored response with the fields of a HEAD that agrees with it (RFC 9111 section 4.3.5). */
export function updateFromHead(stored: ResponseHead, head: ResponseHead): ResponseHead {
  return { status: stored.status, fields: updated(stored.fields, head.fields) }
}

/**
 * RFC 9111 section 4.3.4. A strong validator that both have decides, then a weak one. A 304 without any is an answer to the
 * one condition that was sent, which named this response.
 */
function selects(response304: ResponseHead, stored: ResponseHead): boolean {
  const tag = entityTagOf(response304)
  const own = entityTagOf(stored)
  if (tag !== undefined && own !== undefined) {
    return tag.weak ? weakMatch(tag, own) : strongMatch(tag, own)
  }
  const modified = lastModifiedOf(response304)
  if (modified === undefined) return tag === undefined
  if (modified !== lastModifiedOf(stored)) return false
  // A strong tag that is not stored: only a date that is as strong can stand for it.
  return tag === undefined || tag.weak || isLastModifiedStrong(stored)
}

/** Describe the stored bytes, which a response without a body does not change (RFC 9111 section 3.2). */
const OF_THE_BODY: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-range',
])

/**
 * RFC 9111 section 3.2: each field of the newer response takes the place of all lines of its name, but for those of 3.1 and
 * of the stored bytes.
 */
function updated(stored: Fields, newer: Fields): Fields {
  const news = withoutFields(withoutHopByHop(newer), OF_THE_BODY)
  const replaced = new Set(OF_EXCHANGE)
  for (let i = 0; i < news.length; i += 2) replaced.add(news[i] as string)
  return [...withoutFields(stored, replaced), ...news]
}

/**
 * Tell of the exchange they came with, not of the representation: kept beside the newer ones they would say that the response
 * is as old as before it was validated (RFC 9111 section 4.2.3).
 */
const OF_EXCHANGE: readonly string[] = ['age', 'date']

function lineOf(response: ResponseHead, name: string): string {
  return linesOf(response.fields, name)[0] as string
}
