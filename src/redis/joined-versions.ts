import { lifetimesOf } from './tag-versions.js'

/** The versions that the parts of one call belong to: each stands once among its keys. */
export class JoinedVersions {
  readonly keys: string[] = []
  readonly #longest: number[] = []
  readonly #places = new Map<string, number>()

  /** Where it stands among the keys, from 1 on. It is to be kept for `lifetime` milliseconds at least. */
  place(key: string, lifetime: number): number {
    const known = this.#places.get(key)
    if (known !== undefined) {
      this.#longest[known - 1] = Math.max(this.#longest[known - 1] as number, lifetime)
      return known
    }
    this.#longest.push(lifetime)
    const place = this.keys.push(key)
    this.#places.set(key, place)
    return place
  }

  /** For each how long it must be kept, and how long when that has to be set. */
  get lifetimes(): number[] {
    return this.#longest.flatMap(lifetimesOf)
  }
}
