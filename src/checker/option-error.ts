/** An option of the check has an unknown name, a wrong type, or a value out of range. */
export class CheckOptionError extends TypeError {
  /** Dotted name of the option, for instance `database.maxLatency`. */
  readonly option: string
  readonly value: unknown
  /** What would have been accepted, in words. */
  readonly allowed: string

  constructor(option: string, value: unknown, allowed: string) {
    super(`${option}: got ${describe(value)}, allowed: ${allowed}`)
    this.name = 'CheckOptionError'
    this.option = option
    this.value = value
    this.allowed = allowed
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}
