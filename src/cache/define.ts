import { encodeId } from '../entry/key.js'
import { given, knownOptions, parseCount, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Awaitable } from '../tier/tier.js'
import type { Batch, ManyLoader } from './batch.js'
import { OWNER, parseDefinitionName } from './definition-name.js'
import type { Space } from './engine.js'
import { assertLoader, batchOf, loaderOf, type ManyPlan } from './many.js'
import type { LoadContext, Loader, PolicyOptions } from './options.js'
import { acceptorOf, type StandardSchema } from './schema.js'
import { parsePolicy, POLICY_NAMES, type Policy } from './policy.js'

type KeyPart = string | number | bigint

/** What a definition's `key` may return: injective, also across types (`7`, `7n` and `'7'` are three keys). */
export type DefinitionKey = KeyPart | readonly KeyPart[]

export interface Definition<Id, V> extends Omit<PolicyOptions, 'tags'> {
  readonly key: (id: Id) => DefinitionKey
  readonly load?: ((id: Id, context: LoadContext) => Awaitable<V>) | undefined
  readonly loadMany?: ManyLoader<Id, V> | undefined
  /** With rows from `loadMany`: the id of a row. */
  readonly by?: ((row: V) => Id) | undefined
  /** Join the single calls of one event-loop turn into one `loadMany`. Default: false with `load`, true without. */
  readonly batch?: boolean | undefined
  /** Ids per call of `loadMany`. Default: the cache's `maxBatch`. */
  readonly maxBatch?: number | undefined
  /** Store ids that `loadMany` had nothing for, as null. Default false. */
  readonly negative?: boolean | undefined
  readonly tags?: (readonly string[] | ((id: Id) => readonly string[])) | undefined
  /** Part of the key: another version reads nothing of what this one stored. */
  readonly version?: string | number | undefined
  /** Checks values that come from Redis: one that fails is a counted miss. */
  readonly schema?: StandardSchema | undefined
  /** @internal */
  readonly [OWNER]?: object | undefined
}

/** Single ids are loaded one by one, each with a value (or the loader throws). */
export interface SingleDefinition<Id, V> extends Definition<Id, V> {
  readonly load: (id: Id, context: LoadContext) => Awaitable<V>
  readonly batch?: false | undefined
}

/** Ids that `loadMany` has nothing for are stored, and given, as null. */
export interface NegativeDefinition<Id, V> extends Definition<Id, V> {
  readonly negative: true
}

const DEFINITION_NAMES: readonly string[] = [
  ...POLICY_NAMES,
  'key',
  'load',
  'loadMany',
  'by',
  'batch',
  'maxBatch',
  'negative',
  'version',
  'schema',
]

/** A definition with everything decided that does not depend on the id. */
export interface Plan<Id, V> {
  readonly keyOf: (id: Id) => string
  readonly policy: Policy
  readonly tagsOf: ((id: Id) => readonly string[]) | undefined
  readonly load: (id: Id) => Loader<unknown>
  /** Several ids share one call of the loader. */
  readonly gated: boolean
  readonly many: ManyPlan<Id, V>
  readonly accept: ((value: unknown) => Awaitable<boolean>) | undefined
}

/** Throws `InvalidOptionError` for the first thing wrong with the definition. */
export function parseDefinition<Id, V>(
  space: Space,
  base: Policy,
  name: unknown,
  definition: Definition<Id, V>,
): Plan<Id, V> {
  const said = knownOptions(definition, DEFINITION_NAMES)
  const { limits, maxBatch } = space.engine.settings
  const { key, load, by, tags } = definition
  const batches = assertLoaders(definition)
  const full = parseDefinitionName(name, definition.version)
  const prefix = `${full}:`
  const keyOf = (id: Id): string => prefix + encodeId(key(id))
  const tagsOf = typeof tags === 'function' ? tags : undefined
  const policy = parsePolicy(
    tagsOf === undefined ? said : { ...said, tags: undefined },
    base,
    limits,
  )
  const accept = acceptorOf(definition.schema)
  const many: ManyPlan<Id, V> = {
    keyOf,
    load: definition.loadMany ?? eachAlone(load),
    by,
    negative: parseFlag(given(definition.negative, false), 'negative'),
    maxBatch: parseCount(given(definition.maxBatch, maxBatch), 'maxBatch', 1, 1e6),
    policy,
    accept,
  }
  const gated = batches || load === undefined
  const single = singleLoader(space, many, batches, load)
  takeName(space, full, definition[OWNER])
  return { keyOf, policy, tagsOf, load: single, gated, many, accept }
}

/** Whether single calls of a turn are joined. */
function assertLoaders<Id, V>(definition: Definition<Id, V>): boolean {
  const { key, load, loadMany, by } = definition
  if (typeof key !== 'function') throw new InvalidOptionError('key', key, 'a function of the id')
  for (const [option, value] of Object.entries({ load, loadMany, by })) assertLoader(value, option)
  if (load === undefined && loadMany === undefined) {
    throw new InvalidOptionError('load', undefined, 'a function, or loadMany')
  }
  const batches = parseFlag(given(definition.batch, load === undefined), 'batch')
  if (batches && loadMany === undefined) {
    throw new InvalidOptionError('batch', true, 'only with loadMany')
  }
  return batches
}

/** Two definitions of one name would read each other's entries, unless they are one owner's. */
function takeName(space: Space, name: string, owner: object | undefined): void {
  const taken = space.definitions.get(name)
  if (taken !== undefined && taken !== owner) {
    throw new InvalidOptionError('name', name, 'a name not yet defined in this namespace')
  }
  space.definitions.set(name, owner ?? {})
}

/** How one id is loaded: by itself, or together with the others of its turn. */
function singleLoader<Id, V>(
  space: Space,
  many: ManyPlan<Id, V>,
  batches: boolean,
  load: Definition<Id, V>['load'],
): (id: Id) => Loader<unknown> {
  if (load !== undefined && !batches) return (id) => (context) => load(id, context)
  const newBatch = (): Batch<Id, V> => batchOf(space, many) as Batch<Id, V>
  const shared = batches ? newBatch() : undefined
  return (id) => loaderOf(shared ?? newBatch(), id, many.negative)
}

/** A loader of many out of a loader of one. A failure of one is the failure of its call. */
function eachAlone<Id, V>(load: Definition<Id, V>['load']): ManyLoader<Id, V> {
  return async (ids, context) =>
    await Promise.all(ids.map(async (id) => await load?.(id, context.for(id))))
}
