import { InvalidOptionError } from '../errors.js'

/**
 * On a definition: who may define its name again. Others are refused, for two definitions of one name would read each
 * other's entries. A symbol, for it is no option.
 */
export const OWNER: unique symbol = Symbol.for('strata.owner')

/** What the keys of a definition begin with. Throws `InvalidOptionError`. */
export function parseDefinitionName(name: unknown, version: unknown): string {
  return parseName(name) + parseVersion(version)
}

function parseName(name: unknown): string {
  if (typeof name !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
    throw new InvalidOptionError('name', name, '1-64 characters of A-Z a-z 0-9 . _ -')
  }
  return name
}

function parseVersion(version: unknown): string {
  if (version === undefined) return ''
  if (
    (typeof version !== 'string' && typeof version !== 'number') ||
    !/^[A-Za-z0-9._-]{1,32}$/.test(`${version}`)
  ) {
    throw new InvalidOptionError('version', version, 'a number or 1-32 of A-Z a-z 0-9 . _ -')
  }
  return `@${version}`
}
