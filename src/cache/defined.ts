import { ClosedError } from '../errors.js'
import { assertKey } from '../entry/key.js'
import { knownOptions } from '../entry/option.js'
import { parseTags } from '../entry/tag.js'
import type { Plan } from './define.js'
import type { Space } from './engine.js'
import { hit } from './hit.js'
import { invalidate, type WriteResult } from './invalidate.js'
import type { Call } from './lookup.js'
import { getMany } from './many.js'
import type { GetOptions, SetOptions } from './options.js'
import type { Reading } from './outcome.js'
import { peek } from './peek.js'
import { read } from './read.js'
import { set } from './set.js'
import { parsePolicy, SET_NAMES, type Policy } from './settings.js'

/** What may be said per call of a definition. */
export type DefinedOptions = Pick<GetOptions, 'signal' | 'force'>

/** A definition in use: call it with an id. */
export interface Defined<Id, V> {
  (id: Id, options?: DefinedOptions): Promise<V>
  /** The values of many ids; ids without a value are absent. One look into Redis, one load. */
  many(ids: Iterable<Id>, options?: DefinedOptions): Promise<Map<Id, V>>
  read(id: Id, options?: DefinedOptions): Promise<Reading<V>>
  /** Memory only, fresh only, synchronous. */
  peek(id: Id): V | undefined
  set(id: Id, value: V, options?: SetOptions): Promise<WriteResult>
  delete(id: Id): Promise<WriteResult>
  expire(id: Id): Promise<WriteResult>
  /** Loads anew, whatever is stored, and replaces it. */
  revalidate(id: Id): Promise<V>
  /** The cache key of an id. */
  key(id: Id): string
}

export function defined<Id, V>(space: Space, plan: Plan<Id, V>): Defined<Id, V> {
  const { limits } = space.engine.settings

  function policyOf(id: Id, base: Policy): Policy {
    const tags = plan.tagsOf?.(id)
    if (tags === undefined) return base
    return { ...base, tags: parseTags([...base.tags, ...tags], limits) }
  }

  function callOf(id: Id, key: string, options: DefinedOptions | undefined): Call {
    assertKey(key, limits.keyBytes)
    const base = policyOf(id, plan.policy)
    const policy =
      options === undefined ? base : parsePolicy(knownOptions(options, DEFINED_NAMES), base, limits)
    const load = plan.load(id)
    return {
      key,
      policy,
      load,
      ticket: space.engine.next(),
      gated: plan.gated,
      accept: plan.accept,
    }
  }

  async function reading(id: Id, options?: DefinedOptions): Promise<Reading<unknown>> {
    return await read(space, callOf(id, plan.keyOf(id), options))
  }

  async function loaded(id: Id, key: string, options?: DefinedOptions): Promise<unknown> {
    return (await read(space, callOf(id, key, options))).value
  }

  async function get(id: Id, options?: DefinedOptions): Promise<V> {
    const key = plan.keyOf(id)
    const held = options?.force === true ? undefined : hit(space, key)
    return (await (held ?? loaded(id, key, options))) as V
  }

  async function many(ids: Iterable<Id>, options: DefinedOptions = {}): Promise<Map<Id, V>> {
    const base = parsePolicy(knownOptions(options, DEFINED_NAMES), plan.policy, limits)
    return await getMany(space, ids, {
      ...plan.many,
      policy: base,
      policyOf: (id: Id) => policyOf(id, base),
    })
  }

  async function setOne(id: Id, value: V, options: SetOptions = {}): Promise<WriteResult> {
    assertOpen(space)
    const key = checkedKey(id)
    const base = policyOf(id, plan.policy)
    return await set(space, key, value, parsePolicy(knownOptions(options, SET_NAMES), base, limits))
  }

  function checkedKey(id: Id): string {
    const key = plan.keyOf(id)
    assertKey(key, limits.keyBytes)
    return key
  }

  return Object.assign(get, {
    many,
    read: reading as Defined<Id, V>['read'],
    peek: (id: Id) => peek(space, plan.keyOf(id)) as V | undefined,
    set: setOne,
    delete: async (id: Id) => {
      assertOpen(space)
      return await invalidate(space, { kind: 'remove', keys: [checkedKey(id)] })
    },
    expire: async (id: Id) => {
      assertOpen(space)
      return await invalidate(space, { kind: 'expire', key: checkedKey(id) })
    },
    revalidate: (id: Id) => get(id, { force: true }),
    key: plan.keyOf,
  })
}

const DEFINED_NAMES: readonly string[] = ['signal', 'force']

export function assertOpen(space: Space): void {
  if (space.engine.isClosed) throw new ClosedError()
}
