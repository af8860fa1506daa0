import { isToken, splitList, unquote } from '../http/field-list.js'
import { type Fields, linesOf } from '../http/fields.js'

/** One hop as `Forwarded` tells of it (RFC 7239 section 4). */
export function forwardedElement(
  client: string | undefined,
  authority: string,
  scheme: string,
): string {
  return `for=${nodeOf(client)};host=${quoted(authority)};proto=${scheme}`
}

/** What the first element, the one nearest to the client, says of `host` or `proto`. */
export function forwardedValue(fields: Fields, name: 'host' | 'proto'): string | undefined {
  const [first = ''] = splitList(linesOf(fields, 'forwarded'))
  for (const [, key = '', value = ''] of first.matchAll(PAIR)) {
    if (key.toLowerCase() === name) return unquote(value) ?? value
  }
  return undefined
}

const PAIR = /(?:^|;)[ \t]*([\w-]{1,64})=("[^"]*"|[^;"]*)/g

/** RFC 7239 section 6: an address of IPv6 stands in brackets, and what has a colon in quotes. */
function nodeOf(client: string | undefined): string {
  if (client === undefined) return 'unknown'
  return client.includes(':') ? `"[${client}]"` : quoted(client)
}

function quoted(text: string): string {
  return isToken(text) ? text : `"${text.replace(/["\\]/g, String.raw`\$&`)}"`
}
