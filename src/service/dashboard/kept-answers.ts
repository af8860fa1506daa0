import type { ReadEvent } from '../../cache/channels.js'
import type { ReadCounts } from '../../cache/counters.js'
import type { CacheStats } from '../../cache/stats.js'
import { addressOfKey } from '../../http/http-key.js'

/** Whom an answer of the data API was about: namespace and key as in its URL. */
export interface Subject {
  readonly name: string
  readonly key: string
}

/** Keys whose subject is remembered: a hot one is not taken apart at each read. */
const REMEMBERED = 5_000

type Counts = Map<string, Map<string, number>>

/**
 * The data API keeps its answers beside the values, in the root namespace: most reads of a key are hits of the answer, and
 * the namespace of the key counts only those for which there was none. Here these hits are counted where they belong.
 */
export class KeptAnswers {
  readonly #root: string
  readonly #subjects = new Map<string, Subject | undefined>()
  /** What the root counted and others are to count: outcome and tier, by their namespace; of the root all that it counted. */
  readonly #moved = new Map<string, Counts>()

  constructor(root: string) {
    this.#root = root
  }

  /** Notes a read. Returns whose value it was of: undefined for a read that is none, for another tells of the same. */
  note(event: ReadEvent): Pick<ReadEvent, 'namespace' | 'key'> | undefined {
    const { namespace, key, outcome, tier = 'none', count = 1 } = event
    const subject = this.#subject(namespace, key)
    if (subject === undefined) return event
    this.#count(this.#root, outcome, tier, count)
    // without an answer the value itself was read
    if (outcome !== 'hit' && outcome !== 'stale') return undefined
    const whose = `${this.#root}.${subject.name}`
    this.#count(whose, outcome, tier, count)
    return { namespace: whose, key: subject.key }
  }

  /** Whether a load is that of an answer: the data API made it, nobody loaded anything. */
  isAnswer(namespace: string, key: string): boolean {
    return this.#subject(namespace, key) !== undefined
  }

  /** The counts of each namespace, with those that are its own and without those that are not. */
  settled(all: readonly CacheStats[]): CacheStats[] {
    return all.map((stats) => {
      const moved = this.#moved.get(stats.namespace)
      if (moved === undefined) return stats
      const sign = stats.namespace === this.#root ? -1 : 1
      return Object.assign({}, stats, { reads: shifted(stats.reads, moved, sign) })
    })
  }

  #subject(namespace: string, key: string): Subject | undefined {
    if (namespace !== this.#root) return undefined
    if (this.#subjects.has(key)) return this.#subjects.get(key)
    if (this.#subjects.size >= REMEMBERED) this.#subjects.clear()
    const subject = subjectOf(key)
    this.#subjects.set(key, subject)
    return subject
  }

  /** There are no more namespaces than the service has made: nothing is kept of a key that was refused. */
  #count(namespace: string, outcome: string, tier: string, times: number): void {
    const counts: Counts = this.#moved.get(namespace) ?? new Map<string, Map<string, number>>()
    this.#moved.set(namespace, counts)
    const tiers = counts.get(outcome) ?? new Map<string, number>()
    counts.set(outcome, tiers)
    tiers.set(tier, (tiers.get(tier) ?? 0) + times)
  }
}

function subjectOf(key: string): Subject | undefined {
  const [, name, rest] = /^\/v1\/([^/?]+)\/([^?]+)/.exec(addressOfKey(key)?.target ?? '') ?? []
  if (name === undefined || rest === undefined) return undefined
  try {
    return { name: decodeURIComponent(name), key: decodeURIComponent(rest) }
  } catch {
    return undefined // no text: the data API refuses it, too
  }
}

function shifted(reads: ReadCounts, moved: Counts, sign: 1 | -1): ReadCounts {
  const result: Record<string, Record<string, number>> = structuredClone(reads)
  for (const [outcome, tiers] of moved) {
    const into = (result[outcome] ??= {})
    for (const [tier, count] of tiers) {
      // what was counted before anybody listened cannot be moved, so never below nothing
      into[tier] = Math.max(0, (into[tier] ?? 0) + sign * count)
    }
  }
  return result
}
