/** Members of a list that are looked at. */
const MOST_MEMBERS = 32

/**
 * The value that a request field asks for most, of those told apart (RFC 9110 section 12.4.2: weights; 12.5.4 and RFC 4647
 * section 3.4: `en-GB` also asks for `en`). Undefined: none of them.
 */
export function preferred(field: string, values: readonly string[]): string | undefined {
  let best: string | undefined
  let weight = 0
  for (const [range, q] of weightsOf(field)) {
    const value = match(range, values)
    if (value === undefined || q <= weight) continue
    best = value
    weight = q
  }
  return best
}

/** What a field asks for, in lower case, each with its weight: 0 = not at all, 1 = most. */
export function weightsOf(field: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const member of field.split(',', MOST_MEMBERS)) {
    const [range = '', ...parameters] = member.split(';')
    const name = range.trim().toLowerCase()
    if (name !== '' && !weights.has(name)) weights.set(name, weightOf(parameters))
  }
  return weights
}

function match(range: string, values: readonly string[]): string | undefined {
  if (range === '*') return values[0]
  for (let rest = range; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('-')))) {
    const found = values.find((value) => value.toLowerCase() === rest)
    if (found !== undefined) return found
  }
  return undefined
}

function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const match = /^\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*$/i.exec(parameter)
    if (match !== null) return Number(match[1])
  }
  return 1
}
