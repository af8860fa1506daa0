/** The built-in kinds of object a value may hold. */
export type BuiltinKind =
  | 'plain'
  | 'array'
  | 'date'
  | 'map'
  | 'set'
  | 'regexp'
  | 'error'
  | 'buffer'
  | 'view'
  | 'array-buffer'

const TYPED_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

/** The standard error classes by name. */
export const ERROR_CLASSES: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((c) => [
    c.name,
    c,
  ]),
)

const KINDS: ReadonlyMap<object, BuiltinKind> = new Map<object, BuiltinKind>([
  [Date.prototype, 'date'],
  [Map.prototype, 'map'],
  [Set.prototype, 'set'],
  [RegExp.prototype, 'regexp'],
  [Buffer.prototype, 'buffer'],
  [ArrayBuffer.prototype, 'array-buffer'],
  [DataView.prototype, 'view'],
  [AggregateError.prototype, 'error'],
  ...TYPED_ARRAYS.map((c): [object, BuiltinKind] => [c.prototype, 'view']),
  ...[...ERROR_CLASSES.values()].map((c): [object, BuiltinKind] => [c.prototype, 'error']),
])

/** The kind of the object with this prototype, `undefined` for an instance of any other class. */
export function builtinKind(value: object, prototype: object | null): BuiltinKind | undefined {
  if (prototype === Object.prototype || prototype === null) return 'plain'
  if (prototype === Array.prototype) return 'array'
  return KINDS.get(prototype) ?? foreignKind(value, prototype)
}

/**
 * Plain objects and arrays of another realm (`node:vm`, some test runners) are taken for what they are. Only a realm's own
 * `Array.prototype` is an array, and only its `Object.prototype` has this method and nothing above it.
 */
function foreignKind(value: object, prototype: object): BuiltinKind | undefined {
  if (Array.isArray(value)) return Array.isArray(prototype) ? 'array' : undefined
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
    ? 'plain'
    : undefined
}
