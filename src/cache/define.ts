import { encodeId } from '../entry/key.js'
import { knownOptions, parseCount, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Awaitable } from '../tier/tier.js'
import type { Batch, ManyLoader } from './batch.js'
import type { Space } from './engine.js'
import { assertLoader, batchOf, getMany, loaderOf, type ManyPlan } from './many.js'
import type { GetOptions, LoadContext, Loader, PolicyOptions, SetOptions } from './options.js'
import { acceptorOf, type StandardSchema } from './schema.js'
import { parsePolicy, POLICY_NAMES, type Policy } from './settings.js'

type KeyPart = string | number | bigint

/** What a definition's `key` may return: injective, also across types (`7`, `7n` and `'7'` are three keys). */
export type DefinitionKey = KeyPart | readonly KeyPart[]

export interface Definition<Id, V> extends Omit<PolicyOptions, 'tags'> {
  readonly key: (id: Id) => DefinitionKey
  readonly load?: (id: Id, context: LoadContext) => Awaitable<V>
  readonly loadMany?: ManyLoader<Id, V>
  /** With rows from `loadMany`: the id of a row. */
  readonly by?: (row: V) => Id
  /** Join the single calls of one event-loop turn into one `loadMany`. Default false. */
  readonly batch?: boolean
  /** Ids per call of `loadMany`. Default: the cache's `maxBatch`. */
  readonly maxBatch?: number
  /** Store ids that `loadMany` had nothing for, as null. Default false. */
  readonly negative?: boolean
  readonly tags?: readonly string[] | ((id: Id) => readonly string[])
  /** Part of the key: another version reads nothing of what this one stored. */
  readonly version?: string | number
  /** Checks values that come from Redis: one that fails is a counted miss. */
  readonly schema?: StandardSchema
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
  const full = `${parseName(name)}${parseVersion(definition.version)}`
  if (space.definitions.has(full)) {
    throw new InvalidOptionError('name', full, 'a name not yet defined in this namespace')
  }
  const prefix = `${full}:`
  const said = knownOptions(definition, DEFINITION_NAMES)
  const { key, load, loadMany, by, tags } = definition
  if (typeof key !== 'function') throw new InvalidOptionError('key', key, 'a function of the id')
  for (const option of ['load', 'loadMany', 'by']) assertLoader(said[option], option)
  if (load === undefined && loadMany === undefined) {
    throw new InvalidOptionError('load', undefined, 'a function, or loadMany')
  }
  const batches = parseFlag(definition.batch ?? false, 'batch')
  if (batches && loadMany === undefined) {
    throw new InvalidOptionError('batch', true, 'only with loadMany')
  }
  const tagsOf = typeof tags === 'function' ? tags : undefined
  const fixed = tagsOf === undefined ? said : { ...said, tags: undefined }
  const { settings } = space.engine
  const policy = parsePolicy(fixed, base, settings.limits)
  const keyOf = (id: Id): string => prefix + encodeId(key(id))
  const accept = acceptorOf(definition.schema)
  const maxBatch = parseCount(definition.maxBatch ?? settings.maxBatch, 'maxBatch', 1, 1e6)
  const negative = parseFlag(definition.negative ?? false, 'negative')
  const many = { keyOf, load: loadMany ?? eachAlone(load), by, negative, maxBatch, policy, accept }
  space.definitions.add(full)
  const gated = batches || load === undefined
  const single = singleLoader(space, many, gated ? undefined : load)
  return { keyOf, policy, tagsOf, load: single, gated, many, accept }
}

/** How one id is loaded: by itself, or together with the others of its turn. */
function singleLoader<Id, V>(
  space: Space,
  many: ManyPlan<Id, V>,
  load: Definition<Id, V>['load'],
): (id: Id) => Loader<unknown> {
  if (load !== undefined) return (id) => (context) => load(id, context)
  const batch = batchOf(space, many) as Batch<Id, V>
  return (id) => loaderOf(batch, id, many.negative)
}

/** A loader of many out of a loader of one. A failure of one is the failure of its call. */
function eachAlone<Id, V>(load: Definition<Id, V>['load']): ManyLoader<Id, V> {
  return async (ids, context) =>
    await Promise.all(ids.map(async (id) => await load?.(id, context.for(id))))
}

function parseName(name: unknown): string {
  if (typeof name !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
    throw new InvalidOptionError('name', name, '1-64 characters of A-Z a-z 0-9 . _ -')
  }
  return name
}

function parseVersion(version: unknown): string {
  if (version === undefined) return ''
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(String(version))) {
    throw new InvalidOptionError('version', version, 'a number or 1-32 of A-Z a-z 0-9 . _ -')
  }
  return `@${String(version)}`
}
