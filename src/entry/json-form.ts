import {
  isBoxedPrimitive,
  isGeneratorObject,
  isMapIterator,
  isSetIterator,
  isSharedArrayBuffer,
  isWeakMap,
  isWeakSet,
} from 'node:util/types'

/** State that no own property shows: as data all of these would be `{}`. */
export function isOpaque(value: object): boolean {
  return (
    isWeakMap(value) ||
    isWeakSet(value) ||
    value instanceof WeakRef ||
    isGeneratorObject(value) ||
    isMapIterator(value) ||
    isSetIterator(value) ||
    isSharedArrayBuffer(value)
  )
}

/** What `codec.instances: 'json'` stores for an instance: what its `toJSON` gives, else its own enumerable properties. */
export function jsonOf(value: object): unknown {
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') {
    const data: unknown = Reflect.apply(toJSON, value, [''])
    if (data !== value) return data
  }
  if (isBoxedPrimitive(value)) return value.valueOf()
  if (Array.isArray(value)) return Array.from(value)
  // A message is an own property, but not enumerable: `{}` would tell nothing.
  if (value instanceof Error)
    return Object.assign({ name: value.name, message: value.message }, value)
  return { ...value }
}
