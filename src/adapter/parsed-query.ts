import { parse } from 'node:querystring'

/**
 * Whether a query was parsed as names and values and nothing more. A parser that sees structure in names (`a[b]=1`) puts what
 * is not in the key under a name that is.
 */
export function isPlainQuery(parsed: unknown, target: string): boolean {
  if (typeof parsed !== 'object' || parsed === null) return false
  const plain = parse(queryOf(target))
  const names = Object.keys(plain)
  if (names.length !== Object.keys(parsed).length) return false
  return names.every((name) => isSame(plain[name], (parsed as Record<string, unknown>)[name]))
}

function isSame(plain: string | string[] | undefined, parsed: unknown): boolean {
  if (!Array.isArray(plain)) return plain === parsed
  return (
    Array.isArray(parsed) &&
    parsed.length === plain.length &&
    plain.every((value, i) => value === parsed[i])
  )
}

/** Without the parameters that were sent and are not listed; what a schema has added by default stays. */
export function withoutUnlisted(
  query: Readonly<Record<string, unknown>>,
  target: string,
  listed: readonly string[],
): Record<string, unknown> {
  const sent = new Set(Object.keys(parse(queryOf(target))))
  for (const name of listed) sent.delete(name)
  return Object.fromEntries(Object.entries(query).filter(([name]) => !sent.has(name)))
}

function queryOf(target: string): string {
  const at = target.indexOf('?')
  return at < 0 ? '' : target.slice(at + 1)
}
