import { describe, InvalidOptionError, InvalidValueError } from '../errors.js'
import { type Answer, jsonOf } from './answer.js'

export interface ValueBody {
  readonly type: string
  readonly body: string | Uint8Array
}

const JSON_TYPE = 'application/json'

/** Throws `InvalidValueError` for a value that another client would read as another one. */
export function bodyOf(value: unknown, type: unknown): ValueBody {
  if (value instanceof Uint8Array) return { type: typeOf(type), body: value }
  if (type !== undefined) {
    throw new InvalidOptionError('type', type, 'only beside a Uint8Array; other values are JSON')
  }
  return { type: JSON_TYPE, body: jsonText(value) }
}

export function valueOf(answer: Answer): unknown {
  return contentType(answer) === JSON_TYPE ? jsonOf(answer) : answer.body
}

export function contentType({ headers }: Answer): string {
  return (headers.get('content-type') ?? '').replace(/;.*$/s, '').trim().toLowerCase()
}

/** Of bytes. JSON would be stored as what it says, and come back as no bytes. */
function typeOf(type: unknown): string {
  if (type === undefined) return 'application/octet-stream'
  const good =
    typeof type === 'string' && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\t\x20-\x7e]*)?$/.test(type)
  if (!good || /^application\/(json|vnd\.msgpack)\b/i.test(type)) {
    throw new InvalidOptionError('type', type, 'a content type, but JSON: give its value instead')
  }
  return type
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value, refuseLoss) ?? refuse('', value)
  } catch (error) {
    if (error instanceof InvalidValueError) throw error
    // a cycle, or nested too deep
    throw new InvalidValueError('the value cannot be written as JSON', { cause: error })
  }
}

/** As `JSON.stringify` calls it: `this` holds the value as it was before a `toJSON` of its own. */
function refuseLoss(this: Record<string, unknown>, name: string, written: unknown): unknown {
  const value = this[name]
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return written
    case 'number':
      return Number.isFinite(value) ? written : refuse(name, value)
    case 'undefined':
      return Array.isArray(this) || name === '' ? refuse(name, value) : written
    case 'object':
      return value === null || Array.isArray(value) || isPlain(value)
        ? written
        : refuse(name, value)
    default:
      return refuse(name, value)
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  // of another realm as well: its prototype is the last one, too
  const isLast = prototype === null || Object.getPrototypeOf(prototype) === null
  return isLast && !('toJSON' in value)
}

function refuse(name: string, value: unknown): never {
  // of a value only what it is: it may be secret
  const isShown = typeof value !== 'bigint' && typeof value !== 'symbol'
  const what = isShown ? describe(value) : `a ${typeof value}`
  const where = name === '' ? 'the value' : `its '${name}'`
  throw new InvalidValueError(`${where} is ${what}, which JSON does not hold`)
}
