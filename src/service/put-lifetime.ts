import type { SetOptions } from '../cache/options.js'
import { LONGEST } from '../entry/duration.js'
import { parseDirectives } from '../http/directives.js'
import { splitList } from '../http/field-list.js'
import { type Fields, linesOf } from '../http/fields.js'
import type { NamespaceSettings } from './data-settings.js'
import { Refusal } from './problem.js'

/** Milliseconds. `jitter`: a lifetime that is said is kept to exactly, that of a namespace as the cache keeps to its own. */
export interface Life extends Pick<SetOptions, 'jitter'> {
  readonly ttl: number
  readonly grace: number
}

/** How long what is put lives, by its Cache-Control, else as the namespace says. Throws `Refusal`. */
export function lifeOfFields(fields: Fields, settings: NamespaceSettings): Life {
  const lines = linesOf(fields, 'cache-control')
  if (splitList(lines).some(isBroken)) {
    throw new Refusal('bad-request', 'Cache-Control: a lifetime is a number of seconds')
  }
  const said = parseDirectives(lines)
  if (said.noStore)
    throw new Refusal('bad-request', 'Cache-Control: no-store on what is to be stored')
  const { maxAge, staleWhileRevalidate, staleIfError } = said
  const graces = [staleWhileRevalidate, staleIfError].filter((one) => one !== undefined)
  const grace = graces.length === 0 ? undefined : Math.max(...graces) * 1_000
  return lifeOf(maxAge === undefined ? undefined : maxAge * 1_000, grace, settings)
}

/** Taken for no lifetime at all, which would delete what is there. */
function isBroken(directive: string): boolean {
  return /^(max-age|stale-while-revalidate|stale-if-error)\s*(?!="?\d+"?$)/i.test(directive)
}

/** Milliseconds that were said, or undefined. What is longer than any lifetime is the longest one. */
export function lifeOf(
  ttl: number | undefined,
  grace: number | undefined,
  settings: NamespaceSettings,
): Life {
  if (ttl === undefined) {
    const { ttl, grace: own } = settings
    return { ttl, grace: Math.min(grace ?? own, LONGEST) }
  }
  return { ttl: Math.min(ttl, LONGEST), grace: Math.min(grace ?? 0, LONGEST), jitter: 0 }
}
