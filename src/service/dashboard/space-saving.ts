/** A key of a group among the most frequent. Its true count is at most `count`, and at least `count - error`. */
export interface Frequent {
  readonly group: string
  readonly key: string
  readonly count: number
  readonly error: number
}

interface Counter {
  group: string
  key: string
  count: number
  error: number
  /** Its place in the heap. */
  at: number
}

/**
 * The most frequent keys of a stream in bounded memory: the Space-Saving sketch of Metwally, Agrawal and El Abbadi,
 * "Efficient Computation of Frequent and Top-k Elements in Data Streams" (ICDT 2005). With m counters after N occurrences
 * no count is too low, none is too high by more than N / m, and every key with more than N / m occurrences is among them.
 * Counters lie in a heap, the least at its top, for an occurrence may stand for several: those counted in Rust come together.
 */
export class SpaceSaving {
  readonly #size: number
  /** By group and key: to join the two into one string would take longer than all else. */
  readonly #counters = new Map<string, Map<string, Counter>>()
  readonly #heap: Counter[] = []
  #total = 0

  constructor(size: number) {
    this.#size = size
  }

  /** Occurrences seen. */
  get total(): number {
    return this.#total
  }

  /** Most that a key without a counter may have occurred; 0 while there are counters left. */
  get least(): number {
    return this.#heap.length < this.#size ? 0 : (this.#heap[0]?.count ?? 0)
  }

  add(group: string, key: string, times = 1): void {
    this.#total += times
    const counter = this.#counters.get(group)?.get(key) ?? this.#take(group, key)
    counter.count += times
    this.#sink(counter)
  }

  /** The counters, the highest first. */
  counters(): Frequent[] {
    const all = this.#heap.map(({ group, key, count, error }) => ({ group, key, count, error }))
    return all.sort((a, b) => b.count - a.count)
  }

  /** A counter for a key that has none: a new one, else that of the key with the least. */
  #take(group: string, key: string): Counter {
    const least = this.#heap[0]
    if (least === undefined || this.#heap.length < this.#size) return this.#rise(group, key)
    this.#forget(least)
    least.group = group
    least.key = key
    least.error = least.count
    return this.#know(least)
  }

  /** A new one has nothing counted, so it belongs at the top. */
  #rise(group: string, key: string): Counter {
    const heap = this.#heap
    const counter: Counter = { group, key, count: 0, error: 0, at: heap.length }
    heap.push(counter)
    while (counter.at > 0) this.#swap(counter, heap[(counter.at - 1) >> 1] as Counter)
    return this.#know(counter)
  }

  #know(counter: Counter): Counter {
    const keys = this.#counters.get(counter.group)
    if (keys === undefined) this.#counters.set(counter.group, new Map([[counter.key, counter]]))
    else keys.set(counter.key, counter)
    return counter
  }

  #forget({ group, key }: Counter): void {
    const keys = this.#counters.get(group)
    keys?.delete(key)
    if (keys?.size === 0) this.#counters.delete(group)
  }

  /** Restores the order below a counter that grew. */
  #sink(counter: Counter): void {
    const heap = this.#heap
    for (;;) {
      const left = heap[2 * counter.at + 1]
      const right = heap[2 * counter.at + 2]
      if (left === undefined) return
      const child = right !== undefined && right.count < left.count ? right : left
      if (child.count >= counter.count) return
      this.#swap(counter, child)
    }
  }

  #swap(a: Counter, b: Counter): void {
    const { at } = a
    a.at = b.at
    b.at = at
    this.#heap[a.at] = a
    this.#heap[b.at] = b
  }
}
