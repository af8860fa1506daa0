import { createCache } from '../create-cache.js'
import type {
  ClientPurge,
  ClientReading,
  ClientSetOptions,
  ClientWritten,
} from '../client/client.js'
import { RawBody } from '../entry/raw-body.js'
import { StrataError } from '../errors.js'
import { inspectKey, type KeyInspection } from '../service/inspect-key.js'
import { Failure } from './failure.js'
import type { Place } from './place.js'
import type { RedisTarget } from './target.js'

type Cache = ReturnType<typeof createCache>

/** Keys as the service on this Redis has them, without the service. Nothing is kept in memory. */
export class RedisPlace implements Place {
  readonly name: string
  readonly #root: Cache
  readonly #cache: Cache

  constructor({ url, root, namespace }: RedisTarget) {
    this.name = `${root}.${namespace} in Redis`
    this.#root = createCache({
      namespace: root,
      memory: false,
      // what goes wrong is the command's own answer
      logger: false,
      throwOnCacheError: true,
      redis: { url, timeout: '5s', connectTimeout: '5s' },
    })
    this.#cache = this.#root.namespace(namespace)
  }

  async read(key: string): Promise<ClientReading | undefined> {
    const { value, outcome, storedAt, freshUntil, id } = await this.#ask((cache) => cache.read(key))
    if (outcome !== 'hit') return undefined
    const now = Date.now()
    const isRaw = value instanceof RawBody
    return {
      value: isRaw ? value.bytes : value,
      type: isRaw ? value.contentType : 'application/json',
      etag: id === undefined ? undefined : `"${id}"`,
      age: Math.max(0, Math.floor((now - (storedAt ?? now)) / 1_000)),
      ttl: freshUntil === undefined ? undefined : Math.floor((freshUntil - now) / 1_000),
    }
  }

  async set(key: string, value: unknown, options: ClientSetOptions): Promise<ClientWritten> {
    const { ttl, grace, tags, type, ifMatch, ifAbsent } = options
    if (ifMatch !== undefined || ifAbsent === true) {
      throw new Failure(2, 'conditions are judged by a service: leave --redis out')
    }
    const kept =
      value instanceof Uint8Array ? new RawBody(type ?? 'application/octet-stream', value) : value
    const result = await this.#ask((cache) =>
      cache.set(key, kept, {
        ...(ttl === undefined ? {} : { ttl }),
        ...(grace === undefined ? {} : { grace }),
        ...(tags === undefined ? {} : { tags }),
      }),
    )
    assertTold(result)
    return { result, etag: undefined }
  }

  async purge({
    tags = [],
    keys = [],
    urls,
    routes,
    all,
    soft = false,
  }: ClientPurge): Promise<'applied' | 'queued'> {
    if (urls !== undefined || routes !== undefined)
      throw new Failure(2, '--response and --route are for a service: leave --redis out')
    if (all === true && soft)
      throw new Failure(2, '--all --soft is for a service: leave --redis out')
    const results = await this.#ask(async (cache) => [
      ...(all === true ? [await cache.clear()] : []),
      ...(tags.length > 0 ? [await cache.invalidateTags(tags, { soft })] : []),
      ...(soft
        ? await Promise.all(keys.map((key) => cache.expire(key)))
        : keys.length > 0
          ? [await cache.deleteMany(keys)]
          : []),
    ])
    results.forEach(assertTold)
    return 'applied'
  }

  inspect(key: string): Promise<KeyInspection> {
    return this.#ask(async (cache) => {
      const { why, ...seen } = await inspectKey(cache, key)
      // that this program has no memory says nothing of those that read
      return { ...seen, why: why.filter((line) => !line.startsWith('memory: there is none')) }
    })
  }

  close(): Promise<void> {
    return this.#root.close()
  }

  async #ask<T>(ask: (cache: Cache) => Promise<T>): Promise<T> {
    const { redis, reason } = await this.#root.ready()
    if (redis !== 'ready') {
      const why = reason ?? 'no answer'
      throw new Failure(3, `Redis cannot be used: ${why}; 'strata doctor --redis URL' tells more`)
    }
    try {
      return await ask(this.#cache)
    } catch (error) {
      if (!(error instanceof StrataError)) throw error
      const advice = /CROSSSLOT|MOVED/.test(error.message) ? `; ${CLUSTER}` : ''
      const code = error.code === 'STRATA_TIER_UNAVAILABLE' ? 3 : 2
      throw new Failure(code, `${error.message}${advice}`)
    }
  }
}

const CLUSTER = 'a node of a Cluster is not enough: ask a service that has the Cluster'

/** Nobody is there to tell it later: this program ends. */
function assertTold(result: 'applied' | 'queued'): void {
  if (result === 'applied') return
  throw new Failure(3, "Redis did not take it; 'strata doctor --redis URL' tells more")
}
