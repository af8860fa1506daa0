import { InvalidKeyError } from '../errors.js'

/** The path of a key: wholly escaped, with its slashes, for `a/../b` would else be another key's path. */
export function pathOf(namespace: string, key: unknown): string {
  assertClientKey(key)
  if (key === '.' || key === '..') {
    throw new InvalidKeyError(key, 'no URL can hold it; see getMany and setMany')
  }
  return `/v1/${namespace}/${encodeURIComponent(key)}`
}

export function assertClientKey(key: unknown): asserts key is string {
  if (typeof key !== 'string') throw new InvalidKeyError(key, 'a key is a string')
  if (key === '') throw new InvalidKeyError(key, 'a key is not empty')
  if (!isWellFormed(key)) throw new InvalidKeyError(key, 'ill-formed UTF-16 (a lone surrogate)')
}

/** `String.prototype.isWellFormed` is younger than some browsers. */
function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
