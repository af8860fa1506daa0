import { type Cache, type GetManyOptions, insideOf } from '../cache/cache.js'
import type { Recorder } from './dependencies.js'

const RECORDERS = new WeakMap<Cache, Recorder>()

/** Another cache of the same engine, seen as the handler sees `like`: what is read of it is noted if it is of that. */
export function recordedLike(like: Cache, cache: Cache): Cache {
  const recorder = RECORDERS.get(like)
  return recorder === undefined ? cache : recordingCache(cache, recorder)
}

/** The cache as a handler sees it whose answer is kept: it does what the cache does, and notes what is read. */
export function recordingCache(cache: Cache, recorder: Recorder): Cache {
  const { space } = insideOf(cache)
  async function noted<T>(key: string, read: () => Promise<T>): Promise<T> {
    recorder.begin(space, key)
    try {
      return await read()
    } finally {
      recorder.end(space, key)
    }
  }
  const noting: Partial<Record<keyof Cache, unknown>> = {
    get: (key: string, ...rest: []) => noted(key, () => cache.get(key, ...rest)),
    read: (key: string, ...rest: []) => noted(key, () => cache.read(key, ...rest)),
    has: (key: string) => noted(key, () => cache.has(key)),
    peek: (key: string) => {
      recorder.begin(space, key)
      const value = cache.peek(key)
      recorder.end(space, key)
      return value
    },
    getMany: async <Id, V>(ids: Iterable<Id>, options: GetManyOptions<Id, V>) => {
      const all = [...ids]
      const keys = all.map((id) => options.key(id))
      for (const key of keys) recorder.begin(space, key)
      try {
        return await cache.getMany(all, options)
      } finally {
        for (const key of keys) recorder.end(space, key)
      }
    },
    namespace: (...given: Parameters<Cache['namespace']>) =>
      recordingCache(cache.namespace(...given), recorder),
  }
  const seen = new Proxy(cache, {
    get: (target, name) => {
      const own = noting[name as keyof Cache]
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  RECORDERS.set(seen, recorder)
  return seen
}
