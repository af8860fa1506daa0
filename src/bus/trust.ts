/** How invalidations of other processes reach this one. `none`: there are no others. */
export type TransportName = 'none' | 'publish' | 'marker'

export interface BusStats {
  readonly transport: TransportName
  /** Whether what is kept in memory can be trusted: no invalidation may have been missed. */
  readonly coherent: boolean
  /** Number of the present period of trust; raised whenever messages may have been lost. */
  readonly epoch: number
  /** Wall-clock milliseconds of the last proof that the bus delivers; undefined where none is needed or came yet. */
  readonly lastProofAt: number | undefined
  /** Milliseconds from an announcement of our own until it was heard, at the last proof. */
  readonly lag: number | undefined
  /** Why memory is not trusted, in words. */
  readonly reason: string | undefined
}

/** Whether memory may be believed. Written by the transport, asked at every hit. */
export class Trust {
  /** Monotonic milliseconds up to which this process has heard of every invalidation that was acknowledged. */
  coherentUntil: number
  #transport: TransportName
  readonly #listeners: (() => void)[] = []
  readonly #followers: ((until: number) => void)[] = []
  #epoch = 0
  #provenAt: number | undefined
  #lag: number | undefined
  #reason: string | undefined

  constructor(transport: TransportName) {
    this.#transport = transport
    this.coherentUntil = transport === 'none' ? Infinity : -Infinity
    this.#reason = transport === 'none' ? undefined : 'not subscribed yet'
  }

  get epoch(): number {
    return this.#epoch
  }

  isCoherent(now: number): boolean {
    return now < this.coherentUntil
  }

  /** `fn` runs whenever messages may have been lost before, or nobody can tell. */
  onRaise(fn: () => void): void {
    this.#listeners.push(fn)
  }

  /** `fn` runs whenever `coherentUntil` may have moved; after those of `onRaise`. */
  follow(fn: (until: number) => void): void {
    this.#followers.push(fn)
    fn(this.coherentUntil)
  }

  /** Messages come this way. */
  through(transport: TransportName): void {
    this.#transport = transport
  }

  /** A new period of trust: from now on messages arrive, before they may not have. */
  raise(until: number): void {
    this.#epoch++
    this.coherentUntil = until
    this.#reason = undefined
    for (const listener of this.#listeners) listener()
    this.#moved()
  }

  /** Everything that was acknowledged before `from` (monotonic) has been heard. */
  prove(from: number, length: number, now: number): void {
    this.coherentUntil = Math.max(this.coherentUntil, from + length)
    this.#provenAt = now
    this.#lag = now - from
    this.#reason = undefined
    this.#moved()
  }

  /** The channel does not deliver; memory is trusted no longer than it already was. */
  doubt(reason: string): void {
    this.#reason = reason
  }

  stats(now: number, wall: number): BusStats {
    const coherent = this.isCoherent(now)
    return {
      transport: this.#transport,
      coherent,
      epoch: this.#epoch,
      lastProofAt:
        this.#provenAt === undefined ? undefined : Math.round(wall - now + this.#provenAt),
      lag: this.#lag,
      reason: coherent ? undefined : (this.#reason ?? 'no sign of life from the bus'),
    }
  }

  #moved(): void {
    for (const follower of this.#followers) follower(this.coherentUntil)
  }
}
