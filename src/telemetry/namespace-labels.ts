/** A label value for each: more would make more time series than anybody looks at, or pays for. */
const MOST = 100

/** Names of namespaces as label values: the first hundred met by their name, all others as `other`. */
export class NamespaceLabels {
  readonly #named = new Set<string>()

  of(namespace: string): string {
    if (this.#named.has(namespace)) return namespace
    if (this.#named.size >= MOST) return 'other'
    this.#named.add(namespace)
    return namespace
  }
}
