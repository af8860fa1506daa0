import { given, knownOptions, parseCount } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Loader } from './options.js'

export interface WarmProgress {
  readonly done: number
  readonly failed: number
}

export interface WarmOptions<T> {
  readonly load: Loader<T>
  /** Loads at once. Default 8, 1 .. 1,000. */
  readonly concurrency?: number | undefined
  /** Called after each key. */
  readonly onProgress?: ((progress: WarmProgress) => void) | undefined
}

/** Reads each key with the loader, a bounded number at once. A key that fails is counted and does not end the run. */
export async function warm<T>(
  keys: Iterable<string> | AsyncIterable<string>,
  options: WarmOptions<T>,
  get: (key: string, load: Loader<T>) => Promise<T>,
): Promise<WarmProgress> {
  const said = knownOptions(options, ['load', 'concurrency', 'onProgress'])
  const { load, onProgress } = options
  if (typeof load !== 'function') throw new InvalidOptionError('load', load, 'a function')
  const concurrency = parseCount(given(said['concurrency'], 8), 'concurrency', 1, 1_000)
  const queue =
    Symbol.asyncIterator in keys ? keys[Symbol.asyncIterator]() : keys[Symbol.iterator]()
  let done = 0
  let failed = 0
  const work = async (): Promise<void> => {
    for (let next = await queue.next(); next.done !== true; next = await queue.next()) {
      await get(next.value, load).then(
        () => done++,
        () => failed++, // told of by the read itself (outcome error)
      )
      onProgress?.({ done, failed })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return { done, failed }
}
