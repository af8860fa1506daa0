import { given, knownOptions, parseChoice, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import { parseSource, type CacheSource } from './cache-source.js'
import { parseFunction, parseStrings, type OptionFunction, type Strings } from './option.js'

/** `This`: the instance, where a function says it. `Args`, `KeyArgs`: arguments of the method. `Result`: what it resolves with. */
export interface InvalidatesOptions<
  This,
  Args extends readonly unknown[],
  KeyArgs extends readonly unknown[],
  Result,
> {
  /** Asked before the method runs. */
  readonly tags?: readonly string[] | ((this: This, ...args: Args) => readonly string[]) | undefined
  /** Keys to delete. Asked before the method runs. */
  readonly keys?:
    readonly string[] | ((this: This, ...args: KeyArgs) => readonly string[]) | undefined
  /** Further tags, of the result. Not asked when it is null or undefined. */
  readonly resultTags?:
    ((this: This, result: Result, ...args: Args) => readonly string[]) | undefined
  /** Make entries stale instead of unusable. Default false. */
  readonly soft?: boolean | undefined
  /** `'always'`: also when the method has failed. Default `'success'`. */
  readonly when?: 'success' | 'always' | undefined
  /** Default: the property `cache` of the instance. */
  readonly cache?: CacheSource<This> | undefined
}

export interface InvalidatesSettings {
  readonly source: CacheSource<unknown> | undefined
  readonly tags: Strings | undefined
  readonly keys: Strings | undefined
  readonly resultTags: OptionFunction<unknown> | undefined
  readonly soft: boolean
  readonly when: 'success' | 'always'
}

export const INVALIDATES_NAMES: readonly string[] = [
  'tags',
  'keys',
  'resultTags',
  'soft',
  'when',
  'cache',
]

/** Throws `InvalidOptionError` for the first thing wrong with the options. */
export function parseInvalidates(options: unknown): InvalidatesSettings {
  const said = knownOptions(options, INVALIDATES_NAMES)
  const tags = parseStrings(said['tags'], 'tags')
  const keys = parseStrings(said['keys'], 'keys')
  const resultTags = parseFunction(said['resultTags'], 'resultTags')
  if (tags === undefined && keys === undefined && resultTags === undefined) {
    throw new InvalidOptionError('tags', undefined, 'at least one of tags, keys, resultTags')
  }
  return Object.freeze({
    source: parseSource(said['cache']),
    tags,
    keys,
    resultTags,
    soft: parseFlag(given(said['soft'], false), 'soft'),
    when: parseChoice(given(said['when'], 'success'), 'when', ['success', 'always']),
  })
}
