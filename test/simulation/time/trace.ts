import { createHash, type Hash } from 'node:crypto'

/** What happened, in order: a digest of all of it and, on demand, the lines themselves. */
export class Trace {
  readonly #hash: Hash = createHash('sha1')
  readonly #kept: string[] | undefined

  constructor(keep: boolean) {
    this.#kept = keep ? [] : undefined
  }

  /** Random ids are masked: they come from the system's generator and nothing depends on which they are. */
  add(at: number, text: string): void {
    const line = `${at.toFixed(3)} ${text.replaceAll(IDS, '#')}`
    this.#hash.update(line).update('\n')
    this.#kept?.push(line)
  }

  get lines(): readonly string[] {
    return this.#kept ?? []
  }

  /** Ends the trace. */
  digest(): string {
    return this.#hash.digest('hex')
  }
}

const IDS = /(?<![\w-])[\w-]{12}(?![\w-])/g
