import type { Stamp } from '../entry/tag.js'
import { stampOf, versionOf, type Version } from './version.js'

/** The versions of one namespace and of its tags in Redis; how they are made, kept and ended. */
export interface TagVersions {
  /**
   * The keys of the namespace's version and of the tags', for a script on an entry to check in one go; none in Cluster, where
   * they live in other slots.
   */
  scriptKeys(tags: readonly string[]): string[]
  /** The versions of now: the namespace's first, then the tags'; absent ones are made, each kept at least `lifetime` ms. */
  versionsOf(tags: readonly string[], lifetime: number): Promise<readonly Version[]>
  /** Sees to it that versions live as long as an entry about to be filed under them, where the entry's script does not. */
  keep(stamps: readonly Stamp[], lifetime: number): Promise<void> | undefined
  /** Whether something filed under these stamps just now is dead already, where the entry's script does not see to it. */
  isMoved(stamps: readonly Stamp[]): Promise<boolean> | false
  /** Soft: stale instead of unusable. */
  invalidate(tags: readonly string[], soft: boolean): Promise<void>
  clear(): Promise<void>
}

/** Part of a lifetime added when a version's own is set, so that the next entry filed under it seldom has to extend it. */
const SLACK = 1.25

/** For a script: how long versions must be kept, and how long they are when that has to be set. */
export function lifetimesOf(lifetime: number): [need: number, most: number] {
  const need = Math.max(1, Math.ceil(lifetime))
  return [need, Math.ceil(need * SLACK)]
}

/** What a script replied. Throws when something that is no version stands there. */
export function parseVersions(replies: readonly unknown[]): readonly Version[] {
  return replies.map((reply) => {
    const version = versionOf(reply)
    if (version === undefined)
      throw new Error('something foreign stands under the key of a version')
    return version
  })
}

/** The namespace's stamp first, with the empty name. */
export function stampsFrom(
  tags: readonly string[],
  versions: readonly Version[],
): readonly Stamp[] {
  return versions.map((version, i) => stampOf(i === 0 ? '' : (tags[i - 1] as string), version))
}
