/** The parameters of a query, parsed when they are first asked for. */
export class Query {
  readonly #params: URLSearchParams

  constructor(query: string) {
    // with a mark of its own: one that the query begins with is a character like any other
    this.#params = new URLSearchParams(`?${query}`)
  }

  /** The first of that name. */
  first(name: string): string | undefined {
    return this.#params.get(name) ?? undefined
  }

  all(name: string): readonly string[] {
    return this.#params.getAll(name)
  }

  /** The first of every name. */
  record(): Record<string, string> {
    const found = new Map<string, string>()
    for (const [name, value] of this.#params) if (!found.has(name)) found.set(name, value)
    return Object.fromEntries(found)
  }
}
