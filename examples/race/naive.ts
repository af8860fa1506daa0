import { Redis } from 'ioredis'
import type { Contestant, Load } from './contestant.js'
import { course } from './course.js'

interface Kept {
  readonly version: number
  readonly until: number
}
const channel = 'naive:invalidate'
const keyOf = (row: number) => `naive:row:${row}`

/**
 * What many teams write, and no caricature of it: a Map with a ttl, then Redis, then the database; after a write the key
 * is deleted in Redis and in this process, and every other process is told to do the same, which it does at once. ioredis
 * connects and subscribes again by itself. No line of it is wrong; what is missing is what happens in between.
 */
export class Naive implements Contestant {
  readonly #memory = new Map<string, Kept>()
  readonly #load: Load
  readonly #redis: Redis
  readonly #subscriber: Redis

  constructor(url: string, load: Load) {
    this.#load = load
    this.#redis = new Redis(url)
    this.#subscriber = new Redis(url)
    // Without a listener ioredis prints every lost connection; it comes back by itself.
    for (const client of [this.#redis, this.#subscriber]) client.on('error', () => {})
  }

  async open(): Promise<void> {
    this.#subscriber.on('message', (_channel, key) => this.#memory.delete(key))
    await this.#subscriber.subscribe(channel)
    await this.#redis.ping()
  }

  async read(row: number): Promise<number> {
    const key = keyOf(row)
    const kept = this.#memory.get(key)
    if (kept && performance.now() < kept.until) return kept.version

    const stored = await this.#redis.get(key)
    if (stored !== null) return this.#keep(key, Number(stored))

    const version = await this.#load(row)
    await this.#redis.set(key, version, 'PX', course.ttl)
    return this.#keep(key, version)
  }

  async invalidate(row: number): Promise<boolean> {
    const key = keyOf(row)
    await this.#redis.del(key)
    this.#memory.delete(key)
    await this.#redis.publish(channel, key)
    return true
  }

  async close(): Promise<void> {
    this.#subscriber.disconnect()
    this.#redis.disconnect()
  }

  #keep(key: string, version: number): number {
    this.#memory.set(key, { version, until: performance.now() + course.ttl })
    return version
  }
}
