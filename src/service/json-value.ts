/**
 * Whether JSON gives the value back as it is: plain objects, arrays, text, finite numbers, booleans, null. Values that are
 * stored are not deeper than 256 levels.
 */
export function isJsonValue(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || isJsonObject(value)
    default:
      return false
  }
}

function isJsonObject(value: object): boolean {
  if (Array.isArray(value)) return value.every(isJsonValue)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every(isJsonValue)
}
