import { redisKeyText } from '../entry/key.js'

/** Version of the record and of the keys: two versions of the software never read or overwrite each other's. */
const FORMAT = 's1'

/** The keys of one namespace. The braces make key or tag the hash tag of Redis Cluster. */
export class RedisKeys {
  /** Key of the namespace version. */
  readonly version: string
  readonly #entries: string
  readonly #tags: string

  constructor(namespace: string) {
    this.version = `${FORMAT}:${namespace}:v`
    this.#entries = `${FORMAT}:${namespace}:e:{`
    this.#tags = `${FORMAT}:${namespace}:t:{`
  }

  entry(key: string): string {
    return `${this.#entries}${redisKeyText(key)}}`
  }

  tag(tag: string): string {
    return `${this.#tags}${redisKeyText(tag)}}`
  }
}

/** Where a root namespace and its children are told of invalidations. */
export function channelOf(root: string): string {
  return `${FORMAT}:${root}:inv`
}

/** Key and channel of one cache's own heartbeat. */
export function heartbeatOf(root: string, instance: string): string {
  return `${FORMAT}:${root}:h:${instance}`
}
