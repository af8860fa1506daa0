import { InvalidOptionError } from '../errors.js'
import { didYouMean } from './did-you-mean.js'

/** Checks of caller-given options. Each throws `InvalidOptionError` naming the option, the value and what is allowed. */

/** The options as a record, none of whose names is unknown. `prefix` is the dotted name of the object (empty at the top). */
export function knownOptions(
  options: unknown,
  names: readonly string[],
  prefix = '',
): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidOptionError(prefix === '' ? 'options' : prefix, options, 'an object')
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      const full = prefix === '' ? name : `${prefix}.${name}`
      const value: unknown = (options as Record<string, unknown>)[name]
      throw new InvalidOptionError(
        full,
        value,
        `no option of this name; known: ${names.join(', ')}${didYouMean(name, names)}`,
      )
    }
  }
  return options as Readonly<Record<string, unknown>>
}

/** What was said, or the default where nothing was. `null` is something, and wrong. */
export function given(value: unknown, fallback: unknown): unknown {
  return value === undefined ? fallback : value
}

/** A whole number within the range. */
export function parseCount(value: unknown, option: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new InvalidOptionError(option, value, `a whole number, ${min} .. ${max}`)
  }
  return value
}

export function parseNumber(value: unknown, option: string, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new InvalidOptionError(option, value, `a number, ${min} .. ${max}`)
  }
  return value
}

export function parseFlag(value: unknown, option: string): boolean {
  if (typeof value !== 'boolean') throw new InvalidOptionError(option, value, 'true or false')
  return value
}

export function parseChoice<const C extends string>(
  value: unknown,
  option: string,
  choices: readonly C[],
): C {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) {
    throw new InvalidOptionError(option, value, choices.map((choice) => `'${choice}'`).join(', '))
  }
  return found
}

/** Bytes as a number, or a number with a unit: `'512b'`, `'4kb'`, `'64mb'`, `'2gb'` (powers of 1,024). */
export type ByteSize = number | `${number}${'b' | 'kb' | 'mb' | 'gb'}`

const BYTE_UNITS: Readonly<Record<string, number>> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30 }

export function parseBytes(value: unknown, option: string, min: number, max: number): number {
  const match = typeof value === 'string' ? /^(\d{1,12})(b|kb|mb|gb)$/.exec(value) : null
  const bytes =
    match === null ? value : Number(match[1]) * (BYTE_UNITS[match[2] ?? ''] ?? Number.NaN)
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < min || bytes > max) {
    throw new InvalidOptionError(
      option,
      value,
      `bytes as a whole number or a string with a unit ('4kb' '64mb' '2gb'), ${min} .. ${max}`,
    )
  }
  return bytes
}
