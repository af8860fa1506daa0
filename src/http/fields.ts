/**
 * Field lines of a message, flat, as node:http takes and gives them: name, value, name, value. Names are in lower case; order
 * and repetition are kept.
 */
export type Fields = readonly string[]

/** From what a parser gives (`rawHeaders`), whatever the case of the names. */
export function fieldsOf(raw: readonly string[]): Fields {
  const fields: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    fields.push((raw[i] as string).toLowerCase(), raw[i + 1] as string)
  }
  return fields
}

/** The values of all lines of that name, in order. */
export function linesOf(fields: Fields, name: string): string[] {
  const lines: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === name) lines.push(fields[i + 1] as string)
  }
  return lines
}

/** The value; of several lines their values joined by commas (RFC 9110 section 5.2). Undefined: no such line. */
export function valueOf(fields: Fields, name: string): string | undefined {
  let value: string | undefined
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== name) continue
    const line = fields[i + 1] as string
    value = value === undefined ? line : `${value}, ${line}`
  }
  return value
}

export function hasField(fields: Fields, name: string): boolean {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return true
  return false
}

/** Without the lines of these names. */
export function withoutFields(fields: Fields, names: ReadonlySet<string>): Fields {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    if (!names.has(fields[i] as string)) kept.push(fields[i] as string, fields[i + 1] as string)
  }
  return kept
}

/** With one line of that name, in the place of all that were there. */
export function withField(fields: Fields, name: string, value: string): Fields {
  return [...withoutFields(fields, new Set([name])), name, value]
}
