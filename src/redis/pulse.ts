/** Heartbeats that may be unheard at once; with more the way is taken for blocked. */
const MOST_MISSED = 5

/**
 * The heartbeats on one connection: which are out, when each was sent, how many in a row were not heard. A pause of this
 * process is one missed beat, however long it was.
 */
export class Pulse {
  #sent = new Map<string, number>()
  #missed = 0
  #serial = 0

  /** The nonce of a beat that is sent now. */
  beat(now: number): string {
    const nonce = String(++this.#serial)
    this.#sent.set(nonce, now)
    this.#missed++
    return nonce
  }

  /** When the heard beat was sent; undefined for one that is not ours or no longer of interest. */
  heard(nonce: string): number | undefined {
    const sentAt = this.#sent.get(nonce)
    if (sentAt === undefined) return undefined
    for (const [older] of this.#sent) {
      this.#sent.delete(older)
      if (older === nonce) break
    }
    this.#missed = 0
    return sentAt
  }

  /** It was not carried out, as the server said: whether the way is blocked is not to be learned from it. */
  refused(nonce: string): void {
    if (this.#sent.delete(nonce)) this.#missed--
  }

  /** So many beats were sent since the last one that was heard. */
  get isLost(): boolean {
    return this.#missed > MOST_MISSED
  }

  /** Another connection: what is out will not be heard. */
  reset(): void {
    this.#sent = new Map()
    this.#missed = 0
  }
}
