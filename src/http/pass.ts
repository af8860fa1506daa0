import { discard } from './ask-origin.js'
import type { Visit } from './exchange.js'
import { isFailure, passed } from './fetch-response.js'
import { isOffline } from './load-response.js'
import type { HttpResponse } from './message.js'
import { present, ttlOf } from './present.js'
import { ageOf, type Kept } from './response-lookup.js'
import type { ResponseSpace } from './response-space.js'

/** Asks the origin past the cache. `detail`: why, for Cache-Status. */
export async function pass(visit: Visit, detail: string): Promise<HttpResponse> {
  const response = await visit.origin(visit.request, visit.signal)
  return passed({ visit, forward: 'bypass' }, response, detail)
}

/** The same; when the origin fails, what is stale at hand is the answer, where it may be. */
export async function passOrStale(
  on: ResponseSpace,
  visit: Visit,
  kept: Kept | undefined,
  detail: string,
): Promise<HttpResponse> {
  if (kept?.use.use !== 'validate') return await pass(visit, detail)
  const { onError } = kept.use
  let response: HttpResponse
  try {
    response = await pass(visit, detail)
  } catch (error) {
    if (onError || isOffline(visit, kept)) return staleOnError(on, visit, kept)
    throw error
  }
  if (!onError || !isFailure(response)) return response
  discard(response)
  return staleOnError(on, visit, kept)
}

/** What is stale at hand, in the place of an error (RFC 5861 section 4; RFC 9111 section 4.2.4). */
export function staleOnError(
  on: ResponseSpace,
  visit: Visit,
  { stored, held }: Kept,
): HttpResponse {
  const age = ageOf(on, stored, held.entry.storedAt)
  const ttl = ttlOf(stored, age)
  return present(visit.request, stored, age, { hit: true, ttl, detail: 'stale-if-error' })
}
