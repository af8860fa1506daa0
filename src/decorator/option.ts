import { InvalidOptionError } from '../errors.js'

/** A function among the options of a decorator, called with the instance as `this`. */
export type OptionFunction<R> = (this: unknown, ...args: unknown[]) => R

/** Strings, or a function that gives them. */
export type Strings = readonly string[] | OptionFunction<unknown>

export function parseFunction(value: unknown, option: string): OptionFunction<unknown> | undefined {
  if (value === undefined || typeof value === 'function') {
    return value as OptionFunction<unknown> | undefined
  }
  throw new InvalidOptionError(option, value, 'a function of the arguments')
}

export function parseStrings(value: unknown, option: string): Strings | undefined {
  if (value === undefined || typeof value === 'function') return value as Strings | undefined
  return Object.freeze([...assertStrings(value, option, 'or a function that returns one')])
}

/** Throws `InvalidOptionError` unless it is an array of strings that are not empty. `more` ends what is allowed. */
export function assertStrings(value: unknown, option: string, more: string): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')) {
    return value as string[]
  }
  throw new InvalidOptionError(option, value, `an array of strings that are not empty, ${more}`)
}
