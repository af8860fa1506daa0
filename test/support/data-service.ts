import type { Cache, CacheOptions } from '../../src/index.js'
import { assembleCache } from '../../src/create-cache.js'
import { createServer, type Server } from '../../src/server/index.js'
import { OPEN_ACCESS, type Access } from '../../src/service/access.js'
import { dataRoutes } from '../../src/service/data-routes.js'
import type { DataSettings, NamespaceSettings } from '../../src/service/data-settings.js'
import { listener } from './listener.js'

const NO_QUOTA = { bytes: undefined, entries: undefined, maxValue: undefined, maxKey: undefined }

export const PLAIN: NamespaceSettings = { ttl: 300_000, grace: 0, quota: NO_QUOTA }

export function withQuota(quota: Partial<NamespaceSettings['quota']>): NamespaceSettings {
  return { ...PLAIN, quota: { ...NO_QUOTA, ...quota } }
}

const SETTINGS: DataSettings = {
  maxValue: 4 * 2 ** 20,
  maxKey: 1_024,
  maxBatch: 500,
  maxNamespaces: 1_000,
  otherNamespaces: true,
  namespaces: new Map(),
  defaults: PLAIN,
}

export interface DataServiceOptions extends CacheOptions {
  readonly settings?: Partial<DataSettings>
  readonly access?: Access
}

/** The data API over a cache, on two servers, as a service has it. */
export class DataService {
  readonly cache: Cache
  readonly servers: readonly [data: Server, admin: Server]
  readonly faults: unknown[] = []
  settings: DataSettings
  access: Access
  #ports: readonly number[] = []

  private constructor({ settings, access, ...options }: DataServiceOptions) {
    this.settings = { ...SETTINGS, ...settings }
    this.access = access ?? OPEN_ACCESS
    const cacheOptions = {
      namespace: 'strata',
      logger: false,
      jitter: 0,
      dev: false,
      ...options,
    } as const
    this.cache = assembleCache(cacheOptions, { identities: true })
    this.servers = [this.#server(), this.#server()]
    this.mount(false)
  }

  static async open(options: DataServiceOptions = {}): Promise<DataService> {
    const service = new DataService(options)
    const addresses = await Promise.all(service.servers.map((server) => server.listen()))
    service.#ports = addresses.map(({ port }) => port)
    return service
  }

  /** Of the data listener, or of the other one. */
  port(which: 0 | 1 = 0): number {
    return this.#ports[which] as number
  }

  /** As after a change of the configuration. */
  mount(replace: boolean): void {
    for (const server of this.servers) {
      const routes = dataRoutes(
        {
          cache: this.cache,
          settings: () => this.settings,
          access: () => this.access,
          onFault: (_, error) => void this.faults.push(error),
        },
        { replace },
      )
      server.route('/', routes)
    }
  }

  ask(path: string, init: RequestInit = {}, which: 0 | 1 = 0): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port(which)}${path}`, init)
  }

  /** Puts a value; JSON unless a type is given. */
  put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const isBytes = typeof body === 'string' || body instanceof Uint8Array
    return this.ask(path, {
      method: 'PUT',
      body: isBytes ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  }

  async post(path: string, body: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return await this.ask(path, { method: 'POST', body: JSON.stringify(body), headers })
  }

  /** How many requests the listener in Rust answered by itself. */
  hits(which: 0 | 1 = 0): number {
    return this.servers[which].stats().hits
  }

  /** Until what was answered is kept: that takes a moment longer than the answer. */
  async settled(): Promise<void> {
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close({ timeout: 0 })))
    await this.cache.close()
  }

  #server(): Server {
    return createServer({
      cache: this.cache,
      port: 0,
      native: listener === 'native',
      logger: false,
      limits: { bodyBytes: this.settings.maxValue },
    })
  }
}
