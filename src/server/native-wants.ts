import { type Fields, valueOf } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import type { StoredResponse } from '../http/stored-response.js'
import { varyValues } from '../http/vary.js'

/** A request that is to be answered, and whoever asks the same, with what is kept under a key of the cache. */
export interface Want {
  /** Of the fill: by it Rust knows the key, and the fields that came with the request. */
  readonly token: number
  /** Fields as they came, and as the cache sees them: a proxy changes some on the way. */
  readonly came: Fields
  readonly seen: Fields
}

/** Which fills want which keys of the cache. Several keys of Rust, which are finer, may be one of the cache's. */
export class Wants {
  readonly #byKey = new Map<string, Set<Want>>()
  readonly #keys = new Map<number, Set<string>>()

  add(label: string, token: number, came: Fields, { fields: seen }: HttpRequest): void {
    const wants = this.#byKey.get(label)
    if (wants === undefined) this.#byKey.set(label, new Set([{ token, came, seen }]))
    else if (![...wants].some((want) => want.token === token)) wants.add({ token, came, seen })
    const keys = this.#keys.get(token)
    if (keys === undefined) this.#keys.set(token, new Set([label]))
    else keys.add(label)
  }

  /** Those that the response under the key is for. */
  of(label: string, stored: StoredResponse): readonly Want[] {
    const wants = this.#byKey.get(label)
    return wants === undefined ? NONE : [...wants].filter((want) => selects(stored, want))
  }

  /** The fill is over. */
  end(token: number): void {
    for (const label of this.#keys.get(token) ?? []) {
      const wants = this.#byKey.get(label)
      for (const want of wants ?? []) if (want.token === token) wants?.delete(want)
      if (wants?.size === 0) this.#byKey.delete(label)
    }
    this.#keys.delete(token)
  }
}

const NONE: readonly Want[] = Object.freeze([])

/**
 * Whether the response is for the request as the cache sees it, and would be for one with the fields as they came: by those
 * Rust selects.
 */
function selects({ vary, varyValues: then }: StoredResponse, { came, seen }: Want): boolean {
  if (vary.length === 0) return true
  const isThat = (fields: Fields): boolean =>
    varyValues(fields, vary).every((value, i) => value === then[i])
  return isThat(seen) && isThat(came)
}

/** Whether all that came is for the server, and nothing was for the connection alone and is dropped on the way. */
export function isEndToEnd(came: Fields): boolean {
  const options = valueOf(came, 'connection')
  return options === undefined || /^[ \t]*(?:keep-alive|close)[ \t]*$/i.test(options)
}
