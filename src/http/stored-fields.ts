import type { Directives } from './directives.js'
import { type Fields, withoutFields } from './fields.js'
import { withoutHopByHop } from './hop-by-hop.js'

type FieldsOrAll = Directives['noCache']

/** Without one of these a body is another, or is given to whom it was not meant for. */
const NEEDED: ReadonlySet<string> = new Set([
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'vary',
])

/** Cookies are for one client, whatever the rules: a stored response never sets any. */
const NEVER: readonly string[] = ['set-cookie', 'set-cookie2']

/**
 * What is stored of a response's fields: all but those for this hop (RFC 9111 section 3.1) and those the origin withholds from
 * reuse by name, in `private="..."` (5.2.2.7) or `no-cache="..."` (5.2.2.4).
 */
export function storedFields(fields: Fields, directives: Directives): Fields {
  const names = new Set([...NEVER, ...namesIn(directives.private), ...namesIn(directives.noCache)])
  return withoutFields(withoutHopByHop(fields), names)
}

/** Whether the origin itself says that the field is not reused, though the rest may be. */
export function isWithheld(name: string, directives: Directives): boolean {
  return namesIn(directives.private).includes(name) || namesIn(directives.noCache).includes(name)
}

/** Whether a directive names a field without which nothing is left to reuse: it then means the whole response. */
export function withholdsNeeded(directive: FieldsOrAll): boolean {
  return namesIn(directive).some((name) => NEEDED.has(name))
}

function namesIn(directive: FieldsOrAll): readonly string[] {
  return typeof directive === 'boolean' ? [] : directive
}
