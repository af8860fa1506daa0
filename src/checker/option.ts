import { CheckOptionError } from './option-error.js'

export interface NumberRange {
  /** `Number.MIN_VALUE`: above 0. */
  readonly min: number
  readonly max: number
  readonly isWhole?: boolean
}

/** Throws `CheckOptionError`, as all in this file, if it is not an object or has a name that is not among these. */
export function assertKnown(given: unknown, names: readonly string[], group?: string): void {
  if (!isObject(given)) throw new CheckOptionError(group ?? 'options', given, 'an object')
  for (const [name, value] of Object.entries(given)) {
    if (names.includes(name)) continue
    const option = group === undefined ? name : `${group}.${name}`
    throw new CheckOptionError(option, value, `no option of this name; known: ${names.join(', ')}`)
  }
}

export function numberOf(
  option: string,
  value: unknown,
  fallback: number,
  { min, max, isWhole = false }: NumberRange,
): number {
  if (value === undefined) return fallback
  const isInRange = typeof value === 'number' && value >= min && value <= max
  if (isInRange && (!isWhole || Number.isInteger(value))) return value
  const low = min === Number.MIN_VALUE ? 'above 0' : `${min}`
  throw new CheckOptionError(option, value, `a ${isWhole ? 'whole ' : ''}number, ${low} .. ${max}`)
}

export function textOf(option: string, value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && value !== '')) return value
  throw new CheckOptionError(option, value, 'a string that is not empty')
}

export function objectOf(option: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (isObject(value)) return value
  throw new CheckOptionError(option, value, 'an object')
}

export function arrayOf<T>(option: string, value: readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return [...(value as readonly T[])]
  throw new CheckOptionError(option, value, 'an array')
}

export function assertFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw new CheckOptionError(option, value, 'a function')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
