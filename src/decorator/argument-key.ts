import type { DefinitionKey } from '../cache/define.js'
import { InvalidKeyError } from '../errors.js'

/**
 * The key of a call for which no `key` is given: all arguments, or the only one. Undefined at the end is the same as
 * nothing there. Throws `InvalidKeyError` for an argument whose identity nobody but the caller knows.
 */
export function keyOfArguments(args: readonly unknown[], place: () => string): DefinitionKey {
  let count = args.length
  while (count > 0 && args[count - 1] === undefined) count--
  const parts: KeyPart[] = []
  for (let at = 0; at < count; at++) {
    const part = args[at]
    if (!isKeyPart(part)) {
      const reason = `argument ${at + 1} of ${place()} is no identity (a string, a finite number or a bigint is one): give the option key, a function of the arguments that returns what the result depends on`
      throw new InvalidKeyError(part, reason)
    }
    parts.push(part)
  }
  return count === 1 && parts[0] !== undefined ? parts[0] : parts
}

/** What a `key` returned, if it can be one. Throws `InvalidKeyError` that names the method. */
export function checkedKey(key: unknown, place: () => string): DefinitionKey {
  const parts: readonly unknown[] = Array.isArray(key) ? key : [key]
  for (const part of parts) {
    if (isKeyPart(part)) continue
    const reason = `returned by the key of ${place()}, which has to return a string, a finite number, a bigint or an array of these`
    throw new InvalidKeyError(key, reason)
  }
  return key as DefinitionKey
}

type KeyPart = string | number | bigint

function isKeyPart(part: unknown): part is KeyPart {
  if (typeof part === 'string') return part.isWellFormed()
  return typeof part === 'bigint' || (typeof part === 'number' && Number.isFinite(part))
}
