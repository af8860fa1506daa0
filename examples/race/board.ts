/** Lines that stay, above a block that is rewritten in place. Where there is no terminal, only the lines. */
export class Board {
  readonly #out: NodeJS.WriteStream
  #block: readonly string[] = []

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out
  }

  get isTerminal(): boolean {
    return this.#out.isTTY
  }

  say(text = ''): void {
    this.#erase()
    this.#out.write(`${text}\n`)
    this.#draw()
  }

  show(block: readonly string[]): void {
    this.#erase()
    // A line that wraps could not be erased.
    const width = (this.#out.columns || 80) - 1
    this.#block = block.map((line) => line.slice(0, width))
    this.#draw()
  }

  #erase(): void {
    if (this.isTerminal && this.#block.length > 0)
      this.#out.write(`\u001b[${this.#block.length}A\r\u001b[J`)
  }

  #draw(): void {
    if (this.isTerminal) for (const line of this.#block) this.#out.write(`${line}\n`)
  }
}
