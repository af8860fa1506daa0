import type { Stamp } from '../entry/tag.js'
import type { RedisSpace } from './redis-space.js'
import { stampOf } from './version.js'

/** Stamps of the namespace and these tags, as far as this process knows the versions; undefined if it does not know one. */
export function knownStamps(
  { life, table }: RedisSpace,
  tags: readonly string[],
): readonly Stamp[] | undefined {
  const stamps: Stamp[] = []
  for (const name of ['', ...tags]) {
    const version = name === '' ? life.current : table.get(name)
    if (version === undefined) return undefined
    stamps.push(stampOf(name, version))
  }
  return stamps
}
