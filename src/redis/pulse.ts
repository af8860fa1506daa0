/** Heartbeats carried out and not heard, with which the way back is taken for blocked. */
const MOST_MISSED = 5

/** Heartbeats without an answer: the server is away, and others find that out. */
const MOST_OUT = 20

/**
 * The heartbeats on one connection: which are out, when each was sent, how many in a row were carried out and not heard. What
 * was not carried out says nothing about the way back, nor does a pause of this process.
 */
export class Pulse {
  #sent = new Map<string, number>()
  #missed = 0
  readonly #nonce: () => string

  /** `nonce`: makes them; one for all whose beats could be taken for each other's. */
  constructor(nonce: () => string = serial()) {
    this.#nonce = nonce
  }

  /** The nonce of a beat that is sent now. */
  beat(now: number): string {
    const nonce = this.#nonce()
    this.#sent.set(nonce, now)
    return nonce
  }

  /** The server has carried a beat out. */
  carriedOut(nonce: string): void {
    if (this.#sent.has(nonce)) this.#missed++
  }

  /** It was refused, or lost with its connection: there is nothing to wait for. */
  forget(nonce: string): void {
    this.#sent.delete(nonce)
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

  /** So many beats are out that another one would tell nothing. */
  get isFull(): boolean {
    return this.#sent.size > MOST_OUT
  }

  /** So many beats were carried out since the last one that was heard. */
  get isLost(): boolean {
    return this.#missed >= MOST_MISSED
  }

  /** Another connection: what is out will not be heard. */
  reset(): void {
    this.#sent = new Map()
    this.#missed = 0
  }
}

/** 1, 2, 3, ... */
export function serial(): () => string {
  let last = 0
  return () => String(++last)
}
