import type { NativeIncoming } from './native-incoming.js'

/** A slot is the number of a thread and a place in that thread, which is given again as soon as it is free. */
const PLACE_BITS = 20
const PLACE = 2 ** PLACE_BITS - 1

/** Requests that are not complete, by their slots. */
export class NativeExchanges {
  readonly #threads: (NativeIncoming | undefined)[][] = []

  add(incoming: NativeIncoming): void {
    const { slot } = incoming
    const places = (this.#threads[slot >>> PLACE_BITS] ??= [])
    const place = slot & PLACE
    while (places.length < place) places.push(undefined) // an array with holes is slow for ever
    places[place] = incoming
  }

  /** Undefined: it is complete, or of another generation. */
  find(slot: number, generation: number): NativeIncoming | undefined {
    const incoming = this.#threads[slot >>> PLACE_BITS]?.[slot & PLACE]
    return incoming?.generation === generation ? incoming : undefined
  }

  delete(incoming: NativeIncoming): void {
    const { slot } = incoming
    const places = this.#threads[slot >>> PLACE_BITS]
    if (places?.[slot & PLACE] === incoming) places[slot & PLACE] = undefined
  }

  all(): readonly NativeIncoming[] {
    return this.#threads.flat().filter((incoming) => incoming !== undefined)
  }
}
