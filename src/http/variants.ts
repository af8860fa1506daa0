import { createHash } from 'node:crypto'
import type { HttpRequest } from './message.js'
import { varyValues } from './vary.js'

/** Responses of one URL that requests with different fields get. */
const MOST_VARIANTS = 16

/** URLs remembered. */
const MOST_KEYS = 10_000

/** Milliseconds after which a URL's variants are counted anew. */
const LIFE = 600_000

/** The key of the variant of a response that this request selects, where another one is kept under the URL's own key. */
export function variantKey(key: string, vary: readonly string[], request: HttpRequest): string {
  const said = JSON.stringify([vary, varyValues(request.fields, vary)])
  return `${key}|v:${createHash('sha256').update(said).digest('base64url')}`
}

/** Holds each URL to a number of variants: whoever sends fields of his own making fills no cache with them. */
export class Variants {
  readonly #known = new Map<string, { readonly until: number; readonly variants: Set<string> }>()

  /** Whether the variant is known, or there is room for it. */
  admits(key: string, variant: string, now: number): boolean {
    let known = this.#known.get(key)
    if (known === undefined || known.until <= now) {
      known = { until: now + LIFE, variants: new Set() }
      this.#known.delete(key)
      this.#known.set(key, known)
      if (this.#known.size > MOST_KEYS) this.#forgetFirst()
    }
    if (known.variants.has(variant)) return true
    // one more is kept under the URL's own key
    if (known.variants.size >= MOST_VARIANTS - 1) return false
    known.variants.add(variant)
    return true
  }

  #forgetFirst(): void {
    const [first] = this.#known.keys()
    if (first !== undefined) this.#known.delete(first)
  }
}
