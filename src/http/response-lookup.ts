import { find, type Call, type Found, type Held } from '../cache/lookup.js'
import { NO_DIRECTIVES, type Directives } from './directives.js'
import type { Visit } from './exchange.js'
import { callOf, directivesOf, type ResponseSpace, selects, useNow } from './response-space.js'
import type { Use } from './reusable.js'
import { type StoredResponse, unpackResponse } from './stored-response.js'

/** What the tiers have for a request. */
export interface Looked {
  readonly key: string
  readonly call: Call
  readonly found: Found
  /** A response that this request selects, and what may be done with it. */
  readonly kept: Kept | undefined
  /** The key is that of a variant: another one stands under the URL's own. */
  readonly isVariant: boolean
  /** Under the key stands a response for other requests to the URL. */
  readonly other: StoredResponse | undefined
}

export interface Kept {
  readonly stored: StoredResponse
  readonly held: Held
  readonly use: Use
}

/** Looks into memory and Redis. Rejects with `RuleFault`. */
export async function lookUp(
  on: ResponseSpace,
  visit: Visit,
  key: string,
  isVariant: boolean,
): Promise<Looked> {
  const call = callOf(on, visit, key)
  const found = await find(on.space, call)
  const held = found.fresh ?? found.stale
  const stored = unpackResponse(held?.entry.value)
  if (held === undefined || stored === undefined) {
    return { key, call, found, isVariant, kept: undefined, other: undefined }
  }
  if (!selects(stored, visit))
    return { key, call, found, isVariant, kept: undefined, other: stored }
  const use = useIn(on, { stored, held }, directivesOf(visit), found)
  return { key, call, found, isVariant, kept: { stored, held, use }, other: undefined }
}

/** What the tiers call stale (invalidated softly, or perhaps unheard) is not fresh, whatever its age. */
function useIn(
  on: ResponseSpace,
  { stored, held }: Omit<Kept, 'use'>,
  directives: Directives,
  found: Found,
): Use {
  const use = useNow(on, stored, held.entry.storedAt, directives)
  if (found.fresh !== undefined || use.use !== 'fresh') return use
  const { staleWhileRevalidate, staleIfError } = stored.lifetime
  const { age } = use
  if (staleWhileRevalidate > 0) return { use: 'stale-while-revalidate', age }
  return { use: 'validate', age, onError: staleIfError > 0, offline: false }
}

/** Age of a response just brought, milliseconds. `storedAt`: of its entry; undefined: it was not stored. */
export function ageOf(
  on: ResponseSpace,
  stored: StoredResponse,
  storedAt: number | undefined,
): number {
  return useNow(on, stored, storedAt ?? on.engine.clock.now(), NO_DIRECTIVES).age
}
