import { CodecError } from '../errors.js'
import { builtinKind } from './builtin.js'
import { type CodecType, typesByPrototype } from './codec-type.js'
import { errorData, errorOf } from './error-data.js'
import { RawBody } from './raw-body.js'

type Types = ReadonlyMap<object, CodecType>

/**
 * A deep copy of a value that `vet` accepted: shares nothing with it that can be changed, and is not frozen. Instances of a
 * `codec.types` class are copied by its own `encode` and `decode`.
 */
export function copyOf<T>(value: T, types: readonly CodecType[]): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof RawBody)
    return new RawBody(value.contentType, new Uint8Array(value.bytes)) as T
  return copyObject(value, typesByPrototype(types)) as T
}

function copy(value: unknown, types: Types): unknown {
  return typeof value === 'object' && value !== null ? copyObject(value, types) : value
}

function copyObject(value: object, types: Types): object {
  const prototype = Object.getPrototypeOf(value) as object | null
  switch (builtinKind(value, prototype)) {
    case 'plain':
      return copyPlain(value as Record<string, unknown>, prototype, types)
    case 'array':
      return Array.from(value as unknown[], (element) => copy(element, types))
    case 'date':
      return new Date((value as Date).getTime())
    case 'map':
      return copyMap(value as Map<unknown, unknown>, types)
    case 'set':
      return new Set(Array.from(value as Set<unknown>, (element) => copy(element, types)))
    case 'regexp':
      return copyRegExp(value as RegExp)
    case 'error':
      return copyError(value as Error, types)
    case 'buffer':
      return Buffer.from(value as Buffer)
    case 'view':
      return copyView(value as DataView | Uint8Array)
    case 'array-buffer':
      return (value as ArrayBuffer).slice(0)
    case undefined:
      return copyInstance(value, prototype as object, types)
  }
}

function copyPlain(
  source: Record<string, unknown>,
  prototype: object | null,
  types: Types,
): object {
  const target = (prototype === null ? Object.create(null) : {}) as Record<string, unknown>
  for (const key in source) {
    if (!Object.hasOwn(source, key)) continue
    const value = copy(source[key], types)
    // Assigned, this one name would change the prototype instead of becoming a property.
    if (key === '__proto__') define(target, key, value)
    else target[key] = value
  }
  return target
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  })
}

function copyMap(source: Map<unknown, unknown>, types: Types): Map<unknown, unknown> {
  const target = new Map<unknown, unknown>()
  for (const [key, value] of source) target.set(copy(key, types), copy(value, types))
  return target
}

function copyRegExp(source: RegExp): RegExp {
  const target = new RegExp(source.source, source.flags)
  target.lastIndex = source.lastIndex
  return target
}

function copyError(source: Error, types: Types): Error {
  const [className, message, hidden, shown] = errorData(source)
  const copied = ([key, value]: [string, unknown]): [string, unknown] => [key, copy(value, types)]
  return errorOf([className, message, hidden.map(copied), shown.map(copied)])
}

/** A typed array or DataView over memory of its own, of exactly its length. */
function copyView(source: DataView | Uint8Array): object {
  const { buffer, byteOffset, byteLength } = source
  const own = buffer.slice(byteOffset, byteOffset + byteLength)
  const view = source.constructor as new (buffer: ArrayBufferLike) => object
  return new view(own)
}

/** The data is copied on its way: `encode` and `decode` may hand through what the instance holds. */
function copyInstance(source: object, prototype: object, types: Types): object {
  const type = types.get(prototype)
  if (type === undefined) {
    throw new CodecError('a class without a type in codec.types cannot be copied', {
      path: '',
      type: source.constructor.name,
    })
  }
  return type.decode(copy(type.encode(source), types)) as object
}
