/** Lines that stay, above one status line rewritten in place (on a terminal only: a log file gets the lines alone). */
export class Terminal {
  readonly #out: NodeJS.WriteStream
  #status = ''

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.#out = out
  }

  say(text = ''): void {
    this.#erase()
    this.#out.write(`${text}\n`)
    this.#draw()
  }

  status(text: string): void {
    this.#erase()
    // A status line that wraps could not be erased.
    this.#status = text.slice(0, (this.#out.columns || 80) - 1)
    this.#draw()
  }

  #erase(): void {
    if (this.#out.isTTY && this.#status) this.#out.write('\r\u001b[2K')
  }

  #draw(): void {
    if (this.#out.isTTY) this.#out.write(this.#status)
  }
}
