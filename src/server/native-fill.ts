/** Tells Rust. */
export interface FillWriter {
  endFill(token: number, isHitForMiss: boolean): void
}

/**
 * A request that others wait for in Rust, who asked for the same: the fill of a key. It is over when the request has been
 * answered and nothing that holds it is still under way; those who wait and got nothing of it are then asked for by themselves.
 */
export class NativeFill {
  /** By which Rust knows it. */
  readonly token: number
  readonly #writer: FillWriter
  #holds = 1
  #isHitForMiss = false

  constructor(token: number, writer: FillWriter) {
    this.token = token
    this.#writer = writer
  }

  /** It is not over before this has settled. */
  hold(until: Promise<unknown>): void {
    this.#holds++
    const release = (): void => this.release()
    until.then(release, release)
  }

  /** What was answered is for nobody else, and so will the next be: for a while nobody waits for this key. */
  alone(): void {
    this.#isHitForMiss = true
  }

  /** Once for the answer itself, by the listener. */
  release(): void {
    if (--this.#holds === 0) this.#writer.endFill(this.token, this.#isHitForMiss)
  }
}
