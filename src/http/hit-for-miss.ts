/** Keys noted at once; the one noted first is forgotten. */
const MOST = 10_000

/** Milliseconds. */
const LIFE = 10_000

/** Whether the next response for the key will hardly be for others either: not when the origin failed, or the body did. */
export function isLasting(reason: string): boolean {
  return (
    reason !== 'status' &&
    reason !== 'error' &&
    reason !== 'broken' &&
    reason !== 'length' &&
    reason !== 'failed-elsewhere'
  )
}

/**
 * Keys of which a response was not for others. For a while requests for them do not wait for one another: nobody would get
 * anything from it. Each may still bring one that is, which is stored and ends it (as Varnish's hit-for-miss objects do). Of
 * this process only, and no more than a hint.
 */
export class HitForMiss {
  readonly #until = new Map<string, number>()

  has(key: string, now: number): boolean {
    const until = this.#until.get(key)
    if (until === undefined) return false
    if (now < until) return true
    this.#until.delete(key)
    return false
  }

  /** One that stands is not prolonged: when it ends, the next response decides. */
  note(key: string, now: number): void {
    if (this.has(key, now)) return
    this.#until.set(key, now + LIFE)
    if (this.#until.size <= MOST) return
    const [first] = this.#until.keys()
    if (first !== undefined) this.#until.delete(first)
  }

  /** A response that can be shared has come. */
  forget(key: string): void {
    if (this.#until.size > 0) this.#until.delete(key)
  }
}
