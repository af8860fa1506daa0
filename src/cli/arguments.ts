/** A value, or whether it is on. */
export type Said = string | boolean

/** What was said on the command line. What is said twice counts as it was said last, except to `texts`. */
export class Arguments {
  readonly positionals: readonly string[]
  readonly #said: ReadonlyMap<string, readonly Said[]>

  constructor(said: ReadonlyMap<string, readonly Said[]>, positionals: readonly string[]) {
    this.#said = said
    this.positionals = positionals
  }

  /** A flag without a value. Undefined: it was not given. */
  flag(name: string): boolean | undefined {
    const said = this.#said.get(name)?.at(-1)
    return said === undefined ? undefined : said === true
  }

  text(name: string): string | undefined {
    return this.texts(name).at(-1)
  }

  texts(name: string): readonly string[] {
    return (this.#said.get(name) ?? []).filter((said) => typeof said === 'string')
  }
}
