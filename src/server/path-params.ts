/** The params of a route, decoded once. Undefined: an escape that is no UTF-8. */
export function paramsOf(
  names: readonly string[],
  path: string,
  ranges: readonly number[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  const isEscaped = path.includes('%')
  for (let i = 0; i < names.length; i++) {
    const raw = path.slice(ranges[i * 2], ranges[i * 2 + 1])
    const value = isEscaped ? decoded(raw) : raw
    if (value === undefined) return undefined
    params[names[i] as string] = value
  }
  return params
}

function decoded(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined
  }
}
