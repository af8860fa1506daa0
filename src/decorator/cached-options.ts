import type { DefinitionKey } from '../cache/define.js'
import { parseDefinitionName } from '../cache/definition-name.js'
import type { PolicyOptions } from '../cache/options.js'
import { BASE_POLICY, parsePolicy, POLICY_NAMES } from '../cache/policy.js'
import { acceptorOf, type StandardSchema } from '../cache/schema.js'
import { knownOptions } from '../entry/option.js'
import { parseSource, type CacheSource } from './cache-source.js'
import { parseFunction, parseStrings, type OptionFunction, type Strings } from './option.js'

/** `This`: the instance, where a function says it. `Args`, `TagArgs`: arguments of the method. `Result`: what it resolves with. */
export interface CachedOptions<
  This,
  Args extends readonly unknown[],
  TagArgs extends readonly unknown[],
  Result,
> extends Omit<PolicyOptions, 'tags'> {
  /** First part of the key: 1-64 of `[A-Za-z0-9._-]`. A function of the instance: all classes that inherit the method. */
  readonly name: string | ((instance: This) => string)
  /** What the result depends on. Default: all arguments, which then are strings, finite numbers or bigints. */
  readonly key?: ((this: This, ...args: Args) => DefinitionKey) | undefined
  readonly tags?:
    readonly string[] | ((this: This, ...args: TagArgs) => readonly string[]) | undefined
  /** Further tags, of the result. Not asked when it is null or undefined. */
  readonly resultTags?:
    ((this: This, result: Result, ...args: TagArgs) => readonly string[]) | undefined
  /** Default: the property `cache` of the instance. */
  readonly cache?: CacheSource<This> | undefined
  /** Part of the key: another version reads nothing of what this one stored. */
  readonly version?: string | number | undefined
  /** Checks values that come from Redis: one that fails is a counted miss. */
  readonly schema?: StandardSchema | undefined
}

export interface CachedSettings {
  readonly name: string | ((instance: unknown) => unknown)
  readonly source: CacheSource<unknown> | undefined
  readonly key: OptionFunction<unknown> | undefined
  readonly tags: Strings | undefined
  readonly resultTags: OptionFunction<unknown> | undefined
  /** What is passed on to `define` as it was said. */
  readonly rest: Readonly<Record<string, unknown>>
}

export const CACHED_NAMES: readonly string[] = [
  'name',
  'key',
  'resultTags',
  'cache',
  'version',
  'schema',
  ...POLICY_NAMES,
]

/** Throws `InvalidOptionError` for the first thing wrong with the options. */
export function parseCached(options: unknown): CachedSettings {
  const { name, key, tags, resultTags, cache, ...rest } = knownOptions(options, CACHED_NAMES)
  // Checked here, where the stack names the line; a function gives its name at the first call.
  parseDefinitionName(typeof name === 'function' ? 'function' : name, rest['version'])
  parsePolicy(rest, BASE_POLICY, { tagsPerEntry: 0, tagBytes: 0 })
  acceptorOf(rest['schema'] as StandardSchema | undefined)
  return Object.freeze({
    name: name as CachedSettings['name'],
    source: parseSource(cache),
    key: parseFunction(key, 'key'),
    tags: parseStrings(tags, 'tags'),
    resultTags: parseFunction(resultTags, 'resultTags'),
    rest: Object.freeze(rest),
  })
}
