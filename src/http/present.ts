import { appendCacheStatus, type CacheStatus, formatCacheStatus } from './cache-status.js'
import { inCodingFor } from './codings.js'
import { conditionOf, notModifiedFields } from './conditional.js'
import { type Fields, hasField, valueOf, withoutFields } from './fields.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import { contentRange, rangeOf } from './range.js'
import type { StoredResponse } from './stored-response.js'

/** The answer to a request from a stored response: whole, its head, a part of it, or that it has not changed. */
export function present(
  request: HttpRequest,
  kept: StoredResponse,
  age: number,
  status: CacheStatus,
): HttpResponse {
  const stored = inCodingFor(request, kept)
  const fields = presentedFields(stored.fields, age, formatCacheStatus(status))
  return conditioned(request, stored, { status: stored.status, fields, body: stored.body })
}

/** The answer for most who ask: the whole of it, fresh. Its fields are the same for a second, and so is the answer. */
export class Hit implements HttpResponse {
  readonly status: number
  readonly fields: Fields
  readonly body: Uint8Array

  constructor({ status, fields, body }: StoredResponse, seconds: string, ttl: number) {
    this.status = status
    this.fields = withAge(fields, seconds, formatCacheStatus({ hit: true, ttl }))
    this.body = body
  }
}

interface LastHit {
  readonly seconds: number
  readonly ttl: number
  readonly hit: Hit
}

const lastHits = new WeakMap<StoredResponse, LastHit>()

/** The answer from a stored response that needs nobody to be asked. */
export function presentHit(
  request: HttpRequest,
  stored: StoredResponse,
  age: number,
): HttpResponse {
  const ttl = ttlOf(stored, age)
  if (request.isPlain !== true || request.method !== 'GET' || stored.codings.length > 0) {
    return present(request, stored, age, { hit: true, ttl })
  }
  const seconds = secondsOf(age)
  const last = lastHits.get(stored)
  if (last !== undefined && last.seconds === seconds && last.ttl === ttl) return last.hit
  const hit = new Hit(stored, String(seconds), ttl)
  lastHits.set(stored, { seconds, ttl, hit })
  return hit
}

/** Seconds of freshness left; negative when stale. */
export function ttlOf({ lifetime }: StoredResponse, age: number): number {
  return Math.floor((lifetime.freshFor - age) / 1_000)
}

/** Of a response that is there in whole: preconditions, then Range, then HEAD (RFC 9110 section 13.2.2). */
export function conditioned(
  request: HttpRequest,
  stored: ResponseHead,
  answer: ResponseHead & { readonly body: Uint8Array },
): HttpResponse {
  switch (conditionOf(request, stored)) {
    case 'not-modified':
      return { status: 304, fields: notModifiedFields(answer.fields), body: undefined }
    case 'failed':
      return { status: 412, fields: ['content-length', '0'], body: undefined }
    case 'send':
  }
  const ranged = hasField(request.fields, 'range') ? inRange(request, stored, answer) : answer
  return request.method === 'HEAD' ? { ...ranged, body: undefined } : ranged
}

function inRange(
  request: HttpRequest,
  stored: ResponseHead,
  answer: ResponseHead & { readonly body: Uint8Array },
): HttpResponse {
  const { body, fields } = answer
  const range = rangeOf(request, stored, body.byteLength)
  if (range === 'whole') return answer
  if (range === 'unsatisfiable') {
    const refused = ['content-range', `bytes */${body.byteLength}`, 'content-length', '0']
    return { status: 416, fields: refused, body: undefined }
  }
  const part = body.subarray(range.from, range.to + 1)
  const whole = withoutFields(fields, LENGTH)
  const told = [
    'content-length',
    String(part.byteLength),
    'content-range',
    contentRange(range, body.byteLength),
  ]
  return { status: 206, fields: [...whole, ...told], body: part }
}

const LENGTH: ReadonlySet<string> = new Set(['content-length'])

/** With the age, and with what was said by caches before us in front of our own (RFC 9211 section 2). */
function presentedFields(stored: Fields, age: number, own: string): Fields {
  return withAge(stored, String(secondsOf(age)), own)
}

function secondsOf(age: number): number {
  return Math.max(0, Math.floor(age / 1_000))
}

function withAge(stored: Fields, seconds: string, own: string): Fields {
  const said = valueOf(stored, 'cache-status')
  if (said === undefined) return [...stored, 'age', seconds, 'cache-status', own]
  const others = withoutFields(stored, STATUS)
  return [...others, 'age', seconds, 'cache-status', appendCacheStatus(said, own)]
}

const STATUS: ReadonlySet<string> = new Set(['cache-status'])
