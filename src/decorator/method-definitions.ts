import type { Cache } from '../cache/cache.js'
import type { LoadContext } from '../cache/options.js'
import type { Defined } from '../cache/defined.js'
import { OWNER } from '../cache/definition-name.js'
import { InvalidOptionError } from '../errors.js'
import { checkedKey, keyOfArguments } from './argument-key.js'
import type { CachedSettings } from './cached-options.js'
import { cacheFor } from './cache-source.js'
import type { Method } from './method.js'
import { classOf, placeOf } from './place.js'

/** One call of a decorated method: the id of its definition. */
export interface MethodCall {
  readonly self: unknown
  readonly args: unknown[]
}

interface Known {
  readonly defined: Defined<MethodCall, unknown>
  /** The class whose instances use it. */
  readonly owner: object
}

/** A method with `@cached` as a definition in each cache that its instances have. */
export class MethodDefinitions {
  readonly #settings: CachedSettings
  readonly #method: Method
  readonly #name: string | symbol
  readonly #known = new WeakMap<Cache, Map<unknown, Known>>()
  /** Who owns the names in a cache: this method for all classes, or for one class. */
  readonly #own: object = {}
  readonly #ownByClass = new WeakMap<object, object>()

  constructor(settings: CachedSettings, method: Method, name: string | symbol) {
    this.#settings = settings
    this.#method = method
    this.#name = name
  }

  /** The definition for calls on `self`. Throws `InvalidOptionError`. */
  of(self: unknown): Defined<MethodCall, unknown> {
    const { source, name } = this.#settings
    const cache = cacheFor(source, self, this.#name)
    if (self === undefined || self === null) {
      throw new InvalidOptionError('this', self, `an instance: ${String(this.#name)} is a method`)
    }
    const owner = classOf(self)
    const isShared = typeof name === 'function'
    const called = isShared ? name(self) : name
    const known = this.#known.get(cache)?.get(called)
    if (known !== undefined && (isShared || known.owner === owner)) return known.defined
    const defined = this.#define(cache, called, isShared ? this.#own : this.#ownFor(owner), self)
    const names = this.#known.get(cache) ?? new Map<unknown, Known>()
    this.#known.set(cache, names.set(called, { defined, owner }))
    return defined
  }

  #ownFor(owner: object): object {
    const own = this.#ownByClass.get(owner) ?? {}
    this.#ownByClass.set(owner, own)
    return own
  }

  #define(cache: Cache, name: unknown, own: object, self: unknown): Defined<MethodCall, unknown> {
    const { tags, rest } = this.#settings
    try {
      return cache.define<MethodCall, unknown>(name as string, {
        ...rest,
        key: (call) => this.#keyOf(call),
        load: (call, context) => this.#load(call, context),
        tags:
          typeof tags === 'function'
            ? ({ self, args }) => tags.apply(self, args) as readonly string[]
            : tags,
        [OWNER]: own,
      })
    } catch (error) {
      if (!(error instanceof InvalidOptionError)) throw error
      const place = placeOf(self, this.#name)
      const more =
        error.option === 'name'
          ? `${place}: one name is of one method, and of one of the classes that inherit it, unless it is a function of the instance`
          : place
      throw new InvalidOptionError(error.option, error.value, `${error.allowed} (${more})`)
    }
  }

  #keyOf({ self, args }: MethodCall): ReturnType<typeof checkedKey> {
    const { key } = this.#settings
    const place = (): string => placeOf(self, this.#name)
    return key === undefined
      ? keyOfArguments(args, place)
      : checkedKey(key.apply(self, args), place)
  }

  async #load({ self, args }: MethodCall, context: LoadContext): Promise<unknown> {
    const { resultTags } = this.#settings
    const result = await this.#method.apply(self, args)
    if (resultTags !== undefined && result !== undefined && result !== null) {
      context.tag(...(resultTags.call(self, result, ...args) as string[]))
    }
    return result
  }
}
