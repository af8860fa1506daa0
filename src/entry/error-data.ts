import { ERROR_CLASSES } from './builtin.js'

/**
 * A standard error as data: class, message, and the own properties with what they hold. `cause` and the `errors` of an
 * AggregateError are own but not enumerable; the stack is left behind (it names the files of another process).
 */
export type ErrorData = [
  className: string,
  message: string,
  hidden: [key: string, value: unknown][],
  shown: [key: string, value: unknown][],
]

const HIDDEN = ['cause', 'errors']

export function errorData(error: Error): ErrorData {
  const own = error as Error & Record<string, unknown>
  const hidden = HIDDEN.filter((key) => isHidden(error, key)).map((key): [string, unknown] => [
    key,
    own[key],
  ])
  const shown = Object.keys(error)
    .filter((key) => key !== 'stack' && key !== 'message')
    .map((key): [string, unknown] => [key, own[key]])
  return [classOf(error), error.message, hidden, shown]
}

/** Throws for data that `errorData` never gives. */
export function errorOf(data: unknown): Error {
  const [className, message, hidden, shown] = data as ErrorData
  const error =
    className === 'AggregateError'
      ? new AggregateError([], message)
      : plainError(className, message)
  for (const [key, value] of hidden) define(error, key, value, false)
  for (const [key, value] of shown) define(error, key, value, true)
  define(error, 'stack', `${error.name}: ${message}`, false)
  return error
}

function classOf(error: Error): string {
  const prototype: unknown = Object.getPrototypeOf(error)
  if (prototype === AggregateError.prototype) return 'AggregateError'
  for (const [name, errorClass] of ERROR_CLASSES)
    if (errorClass.prototype === prototype) return name
  return 'Error'
}

function plainError(className: string, message: string): Error {
  const errorClass = ERROR_CLASSES.get(className)
  if (errorClass === undefined) throw new TypeError(`no error class ${className}`)
  return new errorClass(message)
}

function isHidden(error: Error, key: string): boolean {
  return Object.hasOwn(error, key) && !Object.prototype.propertyIsEnumerable.call(error, key)
}

/** Never an assignment: a key may be `__proto__`. */
function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })
}
