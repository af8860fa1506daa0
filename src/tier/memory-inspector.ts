import type { Clock } from '../clock.js'
import { isFresh, isHit, isServable } from '../entry/freshness.js'
import type { Marks } from '../entry/marks.js'
import {
  type MemoryEntry,
  type MemoryStore,
  type MemoryTier,
  prefixOf,
  type Trusted,
} from './memory-tier.js'

/**
 * What memory would do with an entry: `hit` answer with it; `due` the same, and it is loaded anew ahead of time; `stale`: its
 * freshness is over; `untrusted`: an invalidation may have been missed; `revoked`: its tag or the namespace was invalidated;
 * `gone`: its time is over. Of the last two nothing is served: they lie there until they are met.
 */
export type MemoryStanding = 'hit' | 'due' | 'stale' | 'untrusted' | 'revoked' | 'gone'

/** An entry as it lies in memory, with the deadlines of now. */
export interface MemorySight {
  readonly entry: MemoryEntry
  readonly standing: MemoryStanding
  readonly isTrusted: boolean
  /** 0: ended. */
  readonly freshUntil: number
  readonly staleUntil: number
  /** Bytes it is counted with. */
  readonly size: number
}

export interface MemoryInspectorParts {
  readonly store: MemoryStore
  readonly tier: MemoryTier
  /** As given to the tier. */
  readonly child: string | undefined
  readonly marks: Marks
  readonly clock: Clock
  readonly trust: Trusted
}

/** Entries that a sample is taken from, those used last: what nobody reads harms nobody, and memory may hold millions. */
const MOST_WALKED = 10_000

/** Looks at one namespace's part of the memory and changes nothing: no use is counted, no mark applied, nothing dropped. */
export class MemoryInspector {
  readonly #parts: MemoryInspectorParts
  readonly #prefix: string

  constructor(parts: MemoryInspectorParts) {
    this.#parts = parts
    this.#prefix = prefixOf(parts.child)
  }

  look(key: string): MemorySight | undefined {
    const { store, tier } = this.#parts
    const entry = store.lru.peek(this.#prefix + key)
    return entry === undefined || entry.owner !== tier ? undefined : this.#sightOf(key, entry)
  }

  /** Up to `most` entries that answer alone at this moment, each as likely as any other. `random`: in [0, 1). */
  sample(
    most: number,
    random: () => number,
    only: (key: string) => boolean,
  ): [key: string, sight: MemorySight][] {
    const { store, tier, clock } = this.#parts
    const now = clock.now()
    const kept: [key: string, entry: MemoryEntry][] = []
    let walked = 0
    let seen = 0
    for (const [full, entry] of store.lru.entries()) {
      if (++walked > MOST_WALKED) break
      if (entry.owner !== tier || !isHit(entry, now)) continue
      const key = full.slice(this.#prefix.length)
      if (!only(key)) continue
      // reservoir: the n-th takes a place with the chance most / n
      const place = seen++ < most ? kept.length : Math.floor(random() * seen)
      if (place < most) kept[place] = [key, entry]
    }
    return kept
      .map(([key, entry]): [string, MemorySight] => [key, this.#sightOf(key, entry)])
      .filter(([, { standing }]) => standing === 'hit')
  }

  #sightOf(key: string, entry: MemoryEntry): MemorySight {
    const { marks, clock, trust, store } = this.#parts
    const now = clock.now()
    const verdict = marks.verdictOfTags(entry.checked, entry.tags)
    const isSoft = verdict === 'stale' // as the next read will note it
    const freshUntil = isSoft ? 0 : entry.freshUntil
    const staleUntil = isSoft && entry.staleUntil === entry.freshUntil ? 0 : entry.staleUntil
    const isTrusted =
      entry.isUnheard || (marks.isTrusted(entry.checked) && now < trust.coherentUntil)
    const standing = ((): MemoryStanding => {
      if (verdict === 'revoked') return 'revoked'
      if (!isServable({ freshUntil, staleUntil }, now)) return 'gone'
      if (!isTrusted) return 'untrusted'
      if (!isFresh({ freshUntil }, now)) return 'stale'
      return isHit(entry, now) ? 'hit' : 'due'
    })()
    const size = store.lru.info(this.#prefix + key)?.size ?? 0
    return { entry, standing, isTrusted, freshUntil, staleUntil, size }
  }
}
