import type { Cache } from '../cache/cache.js'
import { cacheFor } from './cache-source.js'
import type { InvalidatesSettings } from './invalidates-options.js'
import type { MethodCall } from './method-definitions.js'
import { assertStrings, type Strings } from './option.js'
import { placeOf } from './place.js'

/** What one call of a method with `@invalidates` invalidates; all but the result's tags is known before it runs. */
export class Invalidating {
  readonly #settings: InvalidatesSettings
  readonly #call: MethodCall
  readonly #place: string
  readonly #cache: Cache
  readonly #tags: readonly string[]
  readonly #keys: readonly string[]

  /** Throws `InvalidOptionError`. */
  constructor(settings: InvalidatesSettings, method: string | symbol, call: MethodCall) {
    this.#settings = settings
    this.#call = call
    this.#place = placeOf(call.self, method)
    this.#cache = cacheFor(settings.source, call.self, method)
    this.#tags = this.#strings(settings.tags, 'tags')
    this.#keys = this.#strings(settings.keys, 'keys')
  }

  /** The method's error is what the caller has to know: never another one. */
  async afterFailure(): Promise<void> {
    if (this.#settings.when === 'always') await Promise.allSettled(this.#known())
  }

  async afterSuccess(result: unknown): Promise<void> {
    // All of them, also when one fails: the method has written.
    const ways = await Promise.allSettled([...this.#known(), this.#ofResult(result)])
    for (const way of ways) if (way.status === 'rejected') throw way.reason
  }

  #known(): Promise<unknown>[] {
    const { soft } = this.#settings
    return [
      this.#cache.invalidateTags(this.#tags, { soft }),
      ...(soft
        ? this.#keys.map((key) => this.#cache.expire(key))
        : [this.#cache.deleteMany(this.#keys)]),
    ]
  }

  async #ofResult(result: unknown): Promise<void> {
    const { resultTags, soft } = this.#settings
    if (resultTags === undefined || result === undefined || result === null) return
    const { self, args } = this.#call
    const tags = resultTags.call(self, result, ...args)
    await this.#cache.invalidateTags(this.#checked(tags, 'resultTags'), { soft })
  }

  #strings(strings: Strings | undefined, option: string): readonly string[] {
    if (typeof strings !== 'function') return strings ?? []
    const { self, args } = this.#call
    return this.#checked(strings.apply(self, args), option)
  }

  #checked(strings: unknown, option: string): readonly string[] {
    return assertStrings(strings, option, `returned by the function of ${this.#place}`)
  }
}
