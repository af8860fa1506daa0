import { type Cache, createCache } from 'strata-cache'
import type { Contestant, Load } from './contestant.js'
import { course } from './course.js'

/** Strata as it comes: what anybody can call, nothing set but the namespace, the ttl and where Redis is. */
export class Strata implements Contestant {
  readonly #cache: Cache
  readonly #load: Load

  constructor(url: string, load: Load, say: (text: string) => void) {
    this.#load = load
    this.#cache = createCache({
      namespace: 'race',
      ttl: course.ttl,
      redis: url,
      logger: { info: (_details, text) => say(text), warn: (_details, text) => say(text) },
    })
  }

  async open(): Promise<void> {
    const { redis, reason } = await this.#cache.ready()
    if (redis !== 'ready') throw new Error(`Redis is ${redis}: ${reason}`)
  }

  read(row: number): Promise<number> {
    return this.#cache.get(`row:${row}`, () => this.#load(row))
  }

  async invalidate(row: number): Promise<boolean> {
    // 'queued' (Redis did not answer in time): the promise is given when the queue has been replayed, not now.
    return (await this.#cache.delete(`row:${row}`)) === 'applied'
  }

  close(): Promise<void> {
    return this.#cache.close()
  }
}
