/** What the marks say about something that began at a moment. */
export type Verdict = 'good' | 'stale' | 'revoked'

interface TagMark {
  hard: number
  soft: number
}

/** Marks remembered of each kind. Forgetting one only makes older work count as revoked. */
const MAX_MARKS = 100_000

const none: TagMark = { hard: 0, soft: 0 }

/** Told of marks as they are made; of those of keys memory tells itself, for what it has is not judged by them. */
export interface MarkListener {
  tags(tags: readonly string[]): void
  all(): void
  distrust(): void
}

/**
 * The fence of one namespace: which keys and tags were invalidated when, on a counter of its own. A read, a load or a
 * write remembers `moment` when it begins; before its result enters memory (or is written to Redis) it asks for the
 * verdict of what it touched. A late result is thus recognised without waiting for anything, and nothing has to be
 * registered. Bounded: a forgotten mark raises a floor below which everything counts as revoked.
 */
export class Marks {
  #moment = 0
  #tagMoment = 0
  #cleared = 0
  #distrusted = 0
  #keyFloor = 0
  #tagFloor = 0
  /** In the order of their marks, the oldest first. */
  readonly #keys = new Map<string, number>()
  readonly #tags = new Map<string, TagMark>()
  readonly #max: number
  readonly #listener: MarkListener | undefined

  constructor(max: number = MAX_MARKS, listener?: MarkListener) {
    this.#max = max
    this.#listener = listener
  }

  /** Now, on this counter: what begins now is revoked by every later mark. */
  get moment(): number {
    return this.#moment
  }

  /** The moment of the last mark that can concern an entry in memory other than by its key. */
  get tagMoment(): number {
    return this.#tagMoment
  }

  markKey(key: string): void {
    this.#keys.delete(key)
    this.#keys.set(key, ++this.#moment)
    if (this.#keys.size > this.#max) this.#forgetKey()
  }

  markTags(tags: readonly string[], soft: boolean): void {
    const moment = ++this.#moment
    for (const tag of tags) {
      const old = this.#tags.get(tag) ?? none
      this.#tags.delete(tag)
      this.#tags.set(
        tag,
        soft ? { hard: old.hard, soft: moment } : { hard: moment, soft: old.soft },
      )
      if (this.#tags.size > this.#max) this.#forgetTag()
    }
    this.#tagMoment = moment
    this.#listener?.tags(tags)
  }

  markAll(): void {
    this.#cleared = this.#tagMoment = ++this.#moment
    this.#listener?.all()
  }

  /** The moment of the last {@link markAll}. */
  get clearedAt(): number {
    return this.#cleared
  }

  /** Marks may have been missed until now: what was known before is no longer sure (the epoch of memory is raised). */
  distrust(): void {
    this.#distrusted = this.#tagMoment = ++this.#moment
    this.#listener?.distrust()
  }

  /** Whether everything that was marked since then has been heard of. */
  isTrusted(since: number): boolean {
    return since >= this.#distrusted
  }

  /** Of an entry in memory, whose key's own invalidations have been applied to it directly. */
  verdictOfTags(since: number, tags: readonly string[]): Verdict {
    if (since < this.#cleared) return 'revoked'
    if (tags.length === 0 || since >= this.#tagMoment) return 'good'
    if (since < this.#tagFloor) return 'revoked'
    let verdict: Verdict = 'good'
    for (const tag of tags) {
      const mark = this.#tags.get(tag)
      if (mark === undefined) continue
      if (mark.hard > since) return 'revoked'
      if (mark.soft > since) verdict = 'stale'
    }
    return verdict
  }

  /** Of work under way: any invalidation, hard or soft, of the key or a tag since then revokes its result. */
  isRevoked(since: number, key: string, tags: readonly string[]): boolean {
    if (since >= this.#moment) return false
    if (since < this.#keyFloor || (this.#keys.get(key) ?? 0) > since) return true
    return this.verdictOfTags(since, tags) !== 'good'
  }

  #forgetKey(): void {
    for (const [key, moment] of this.#keys) {
      this.#keys.delete(key)
      this.#keyFloor = moment
      return
    }
  }

  #forgetTag(): void {
    for (const [tag, { hard, soft }] of this.#tags) {
      this.#tags.delete(tag)
      this.#tagFloor = Math.max(hard, soft)
      return
    }
  }
}
