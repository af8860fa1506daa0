import { CodecError } from '../errors.js'
import { formatPath, type PathKey } from './value-path.js'

const LONGEST_NAME = 80

/** Why a value cannot be stored: place, class and reason. */
export function refusal(
  keys: readonly PathKey[],
  value: unknown,
  reason: string,
  cause?: unknown,
): CodecError {
  const path = formatPath(keys)
  const type = className(value)
  return new CodecError(`${path === '' ? 'the value' : path} (${type}) ${reason}`, {
    path,
    type,
    cause,
  })
}

function className(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value
  try {
    const name: unknown = value.constructor.name
    if (typeof name === 'string' && name !== '') return name.slice(0, LONGEST_NAME)
  } catch {
    // No constructor, or one that throws.
  }
  return 'object'
}
