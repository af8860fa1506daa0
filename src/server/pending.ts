import { hasField, withoutFields, type Fields } from '../http/fields.js'
import type { Reply } from './reply.js'

/**
 * Fields that were set on the context and wait for the response they go into. A name set again replaces what was there;
 * cookies never replace each other.
 */
export class Pending {
  #fields: Fields = []

  get isEmpty(): boolean {
    return this.#fields.length === 0
  }

  has(name: string): boolean {
    return hasField(this.#fields, name)
  }

  set(name: string, value: string): void {
    this.#fields = [...this.#fields, name, value]
    if (name !== 'set-cookie') {
      this.#fields = [...withoutFields(this.#fields, new Set([name])), name, value]
    }
  }

  append(name: string, value: string): void {
    this.#fields = [...this.#fields, name, value]
  }

  delete(name: string): void {
    this.#fields = withoutFields(this.#fields, new Set([name]))
  }

  /** The response with these fields, in the place of its own of the same names. */
  onto(response: Reply): Reply {
    const names = new Set<string>()
    for (let i = 0; i < this.#fields.length; i += 2) names.add(this.#fields[i] as string)
    names.delete('set-cookie')
    const fields = [...withoutFields(response.fields, names), ...this.#fields]
    return response.withFields(fields)
  }
}
