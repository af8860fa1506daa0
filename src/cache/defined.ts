import { ClosedError } from '../errors.js'
import type { Invalidation } from '../bus/bus.js'
import { assertKey } from '../entry/key.js'
import { knownOptions } from '../entry/option.js'
import { parseTags } from '../entry/tag.js'
import type { Plan } from './define.js'
import type { Space } from './engine.js'
import { hit } from './hit.js'
import { invalidate } from './invalidate.js'
import type { WriteResult } from './write-result.js'
import type { Call } from './lookup.js'
import { getMany } from './many.js'
import type { GetOptions, SetOptions } from './options.js'
import type { Reading } from './outcome.js'
import { peek } from './peek.js'
import { read, readingOf } from './read.js'
import { set } from './set.js'
import { parsePolicy, SET_NAMES, type Policy } from './policy.js'

/** What may be said per call of a definition. */
export type DefinedOptions = Pick<GetOptions, 'signal' | 'force'>

/** A definition in use: call it with an id. `Got` is what a single id gives: `V`, or nothing where `loadMany` had nothing. */
export interface Defined<Id, V, Got = V> {
  (id: Id, options?: DefinedOptions): Promise<Got>
  /** The values of many ids; ids without a value are absent. One look into Redis, one load. */
  many(ids: Iterable<Id>, options?: DefinedOptions): Promise<Map<Id, Exclude<Got, undefined>>>
  read(id: Id, options?: DefinedOptions): Promise<Reading<Got>>
  /** Memory only, fresh only, synchronous. */
  peek(id: Id): V | undefined
  set(id: Id, value: V, options?: SetOptions): Promise<WriteResult>
  delete(id: Id): Promise<WriteResult>
  expire(id: Id): Promise<WriteResult>
  /** Loads anew, whatever is stored, and replaces it. */
  revalidate(id: Id): Promise<Got>
  /** The cache key of an id. */
  key(id: Id): string
}

export function defined<Id, V>(space: Space, plan: Plan<Id, V>): Defined<Id, V> {
  // What is given and what may be missing is said by the overloads of `define`.
  const use = new Use(space, plan)
  return Object.assign((id: Id, options?: DefinedOptions) => use.get(id, options), {
    many: use.many.bind(use) as Defined<Id, V>['many'],
    read: (id: Id, options?: DefinedOptions) => use.read(id, options),
    peek: (id: Id) => peek(space, plan.keyOf(id)) as V | undefined,
    set: (id: Id, value: V, options?: SetOptions) => use.set(id, value, options),
    delete: (id: Id) => use.invalidate(id, (key) => ({ kind: 'remove', keys: [key] })),
    expire: (id: Id) => use.invalidate(id, (key) => ({ kind: 'expire', key })),
    revalidate: (id: Id) => use.get(id, { force: true }),
    key: plan.keyOf,
  })
}

/** The calls of one definition. */
class Use<Id, V> {
  readonly #space: Space
  readonly #plan: Plan<Id, V>

  constructor(space: Space, plan: Plan<Id, V>) {
    this.#space = space
    this.#plan = plan
  }

  /** Not async: a hit costs no promise of its own. */
  get(id: Id, options: DefinedOptions | undefined): Promise<V> {
    let key: string
    try {
      key = this.#plan.keyOf(id)
    } catch (error) {
      return Promise.reject(error)
    }
    const held = options?.force === true ? undefined : hit(this.#space, key)
    return (held ?? this.#load(id, key, options)) as Promise<V>
  }

  async #load(id: Id, key: string, options: DefinedOptions | undefined): Promise<unknown> {
    return (await read(this.#space, this.#call(id, key, options))).value
  }

  async read(id: Id, options: DefinedOptions | undefined): Promise<Reading<V>> {
    const call = this.#call(id, this.#plan.keyOf(id), options)
    return readingOf(this.#space, await read(this.#space, call)) as Reading<V>
  }

  async many(ids: Iterable<Id>, options?: DefinedOptions): Promise<Map<Id, V>> {
    const policy = this.#over(this.#plan.policy, options, DEFINED_NAMES)
    const policyOf = (id: Id): Policy => this.#tagged(id, policy)
    return await getMany(this.#space, ids, { ...this.#plan.many, policy, policyOf })
  }

  async set(id: Id, value: V, options: SetOptions | undefined): Promise<WriteResult> {
    const key = this.#openKey(id)
    const policy = this.#over(this.#tagged(id, this.#plan.policy), options, SET_NAMES)
    return await set(this.#space, key, value, policy)
  }

  async invalidate(id: Id, of: (key: string) => Invalidation): Promise<WriteResult> {
    return await invalidate(this.#space, of(this.#openKey(id)))
  }

  #call(id: Id, key: string, options: DefinedOptions | undefined): Call {
    assertKey(key, this.#space.engine.settings.limits.keyBytes)
    const { load, gated, accept } = this.#plan
    const policy = this.#over(this.#tagged(id, this.#plan.policy), options, DEFINED_NAMES)
    return { key, policy, load: load(id), ticket: this.#space.engine.next(), gated, accept }
  }

  #tagged(id: Id, base: Policy): Policy {
    const tags = this.#plan.tagsOf?.(id)
    if (tags === undefined) return base
    const { limits } = this.#space.engine.settings
    return { ...base, tags: parseTags([...base.tags, ...tags], limits) }
  }

  #over(base: Policy, options: unknown, names: readonly string[]): Policy {
    if (options === undefined) return base
    return parsePolicy(knownOptions(options, names), base, this.#space.engine.settings.limits)
  }

  #openKey(id: Id): string {
    assertOpen(this.#space)
    const key = this.#plan.keyOf(id)
    assertKey(key, this.#space.engine.settings.limits.keyBytes)
    return key
  }
}

const DEFINED_NAMES: readonly string[] = ['signal', 'force']

export function assertOpen(space: Space): void {
  if (space.engine.isClosed) throw new ClosedError()
}
