import { InvalidOptionError } from '../errors.js'

/** Fields as a caller writes them; of several values, one line each. */
export type HeaderInput = Readonly<Record<string, string | readonly string[]>>

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
/** No control character but the tab, and nothing that is no byte (RFC 9110 section 5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** The name in lower case. Throws `InvalidOptionError`: what cannot stand in a message never reaches one. */
export function checkedName(name: string): string {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new InvalidOptionError('header', name, 'the name of a field')
  }
  return name.toLowerCase()
}

export function checkedValue(name: string, value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !VALUE.test(text)) {
    throw new InvalidOptionError(
      `header ${name}`,
      value,
      'text in Latin-1 without control characters',
    )
  }
  return text
}

/** Flat, checked, names in lower case. */
export function fieldsOfInput(input: HeaderInput): string[] {
  const fields: string[] = []
  for (const [key, value] of Object.entries(input)) {
    const name = checkedName(key)
    for (const line of typeof value === 'object' ? value : [value]) {
      fields.push(name, checkedValue(name, line))
    }
  }
  return fields
}
