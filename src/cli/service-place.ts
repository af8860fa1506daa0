import { createClient } from '../client/create-client.js'
import type { Client, ClientPurge, ClientReading, ClientWritten } from '../client/client.js'
import type { ClientSetOptions } from '../client/client.js'
import type { KeyInspection } from '../service/inspect-key.js'
import { askAdmin } from './ask-admin.js'
import type { Place } from './place.js'
import { orFailure } from './service-failure.js'
import type { ServiceTarget } from './target.js'

/** A person waits: longer than a program would. */
const PATIENCE = '10s'

export class ServicePlace implements Place {
  readonly name: string
  readonly #target: ServiceTarget
  readonly #client: Client

  constructor(target: ServiceTarget) {
    const { url, token, namespace } = target
    this.name = `${namespace} at ${url}`
    this.#target = target
    this.#client = createClient({
      url,
      namespace,
      timeout: PATIENCE,
      ...(token === undefined ? {} : { token }),
    })
  }

  read(key: string): Promise<ClientReading | undefined> {
    return this.#ask(() => this.#client.read(key))
  }

  set(key: string, value: unknown, options: ClientSetOptions): Promise<ClientWritten> {
    return this.#ask(() => this.#client.set(key, value, options))
  }

  purge(what: ClientPurge): Promise<'applied' | 'queued'> {
    return this.#ask(() => this.#client.purge(what))
  }

  async inspect(key: string): Promise<KeyInspection> {
    const path = `/inspect/${this.#target.namespace}/${encodeURIComponent(key)}`
    return (await askAdmin(this.#target, path)) as KeyInspection
  }

  async close(): Promise<void> {}

  #ask<T>(ask: () => Promise<T>): Promise<T> {
    return orFailure(this.#target.url, ask)
  }
}
