const WIDTH = 30

/** A line that is written over itself; nothing where there is no terminal. */
export class ProgressBar {
  readonly #stream: NodeJS.WritableStream & { readonly isTTY?: boolean }
  readonly #total: number
  #shown = ''

  constructor(stream: NodeJS.WritableStream, total: number) {
    this.#stream = stream
    this.#total = total
  }

  show(done: number): void {
    if (this.#stream.isTTY !== true) return
    const filled = Math.floor((WIDTH * done) / Math.max(1, this.#total))
    const bar = '#'.repeat(filled).padEnd(WIDTH, '-')
    const text = `[${bar}] ${done} of ${this.#total}`
    if (text === this.#shown) return
    this.#shown = text
    this.#stream.write(`\r${text}`)
  }

  end(): void {
    if (this.#shown !== '') this.#stream.write('\n')
  }
}
