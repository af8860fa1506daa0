import type { WriteResult } from '../cache/write-result.js'
import type { SetOptions } from '../cache/options.js'
import type { Reading } from '../cache/outcome.js'
import { InvalidOptionError } from '../errors.js'
import type { AsyncMethod, Method } from './method.js'
import type { MethodDefinitions } from './method-definitions.js'

/** What is kept for a method, by the arguments of a call. */
export interface MethodEntries<Args extends readonly unknown[], V> {
  /** The cache key. */
  key(...args: Args): string
  /** As the method, with what became of the read. */
  read(...args: Args): Promise<Reading<V>>
  /** Memory only, fresh only, synchronous. */
  peek(...args: Args): V | undefined
  set(args: Args, value: V, options?: SetOptions): Promise<WriteResult>
  delete(...args: Args): Promise<WriteResult>
  /** Makes it stale now. */
  expire(...args: Args): Promise<WriteResult>
  /** Calls the method, whatever is stored, and replaces it. */
  revalidate(...args: Args): Promise<V>
}

type EntriesOf<M> = M extends (...args: infer Args) => Promise<infer V>
  ? MethodEntries<Args, V>
  : never

/**
 * The entries of a method with `@cached`, by its name or, where the class hides it, the function itself. Throws
 * `InvalidOptionError` when it is none, or when the instance has no cache.
 */
export function entriesOf<
  Self extends { readonly [_ in Name]: AsyncMethod },
  Name extends keyof Self,
>(instance: Self, method: Name): EntriesOf<Self[Name]>
export function entriesOf<Args extends readonly unknown[], V>(
  instance: object,
  method: (...args: Args) => Promise<V>,
): MethodEntries<Args, V>
export function entriesOf(instance: object, method: unknown): MethodEntries<unknown[], unknown> {
  const found: unknown =
    typeof method === 'function'
      ? method
      : (instance as Readonly<Record<PropertyKey, unknown>>)[method as PropertyKey]
  const definitions = (found as { readonly [ENTRIES]?: MethodDefinitions } | undefined)?.[ENTRIES]
  if (definitions === undefined) {
    throw new InvalidOptionError('method', method, 'a method with @cached, which stands on top')
  }
  return entries(definitions, instance)
}

/** The method, with the mark by which `entriesOf` knows it. */
export function markEntries(method: Method, definitions: MethodDefinitions): Method {
  return Object.defineProperty(method, ENTRIES, { value: definitions })
}

const ENTRIES: unique symbol = Symbol.for('strata.entries')

function entries(definitions: MethodDefinitions, self: object): MethodEntries<unknown[], unknown> {
  const defined = definitions.of(self)
  return {
    key: (...args) => defined.key({ self, args }),
    read: (...args) => defined.read({ self, args }),
    peek: (...args) => defined.peek({ self, args }),
    set: (args, value, options) => defined.set({ self, args }, value, options),
    delete: (...args) => defined.delete({ self, args }),
    expire: (...args) => defined.expire({ self, args }),
    revalidate: (...args) => defined.revalidate({ self, args }),
  }
}
