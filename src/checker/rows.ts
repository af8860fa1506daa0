/** Told when a write was done, with the versions in the order of its keys. */
type Done = (versions: readonly number[]) => void

interface WaitingWrite {
  readonly keys: readonly string[]
  readonly holder: string | undefined
  readonly done: Done
}

/**
 * The rows of the database: a version for each key, raised by every write. A write may hold its keys: others wait until it is
 * released, so that of two writers that store what they wrote the later one stores last.
 */
export class Rows {
  readonly #versions = new Map<string, number>()
  readonly #held = new Map<string, string>()
  #waiting: WaitingWrite[] = []

  read(key: string): number {
    return this.#versions.get(key) ?? 0
  }

  /** Raises all at once. With a holder they are held in its name. */
  write(keys: readonly string[], holder: string | undefined, done: Done): void {
    const write = { keys, holder, done }
    if (this.#isFree(write)) this.#raise(write)
    else this.#waiting.push(write)
  }

  /** Lets go of what it holds, and drops what it waits for. */
  release(holder: string): void {
    for (const [key, by] of this.#held) if (by === holder) this.#held.delete(key)
    this.#waiting = this.#waiting.filter((write) => write.holder !== holder)
    this.#resume()
  }

  /** Every key that was written, with its version. */
  all(): readonly (readonly [key: string, version: number])[] {
    return [...this.#versions]
  }

  #resume(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const write of waiting) this.write(write.keys, write.holder, write.done)
  }

  #isFree({ keys }: WaitingWrite): boolean {
    return keys.every((key) => !this.#held.has(key))
  }

  #raise({ keys, holder, done }: WaitingWrite): void {
    const versions = keys.map((key) => this.read(key) + 1)
    for (const [index, key] of keys.entries()) {
      this.#versions.set(key, versions[index] ?? 0)
      if (holder !== undefined) this.#held.set(key, holder)
    }
    done(versions)
  }
}
