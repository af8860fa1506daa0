import type { DataSettings } from './data-settings.js'
import { type ProblemName, Refusal } from './problem.js'
import type { Space } from './spaces.js'

/** Throws `Refusal` unless the text can be a key of the namespace. `tooLong`: what a key that is too long is told. */
export function assertKeyText(
  key: unknown,
  { settings: { quota } }: Space,
  { maxKey }: DataSettings,
  tooLong: ProblemName,
): asserts key is string {
  if (typeof key !== 'string' || key === '')
    throw new Refusal('bad-key', 'a key is text, not empty')
  if (key.startsWith('_')) throw new Refusal('bad-key', 'keys that begin with _ are reserved')
  if (!key.isWellFormed()) throw new Refusal('bad-key', 'a key is well-formed Unicode')
  const most = Math.min(maxKey, quota.maxKey ?? Infinity)
  if (Buffer.byteLength(key) > most) throw new Refusal(tooLong, `at most ${most} bytes of UTF-8`)
}
