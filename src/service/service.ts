import type { Cache } from '../cache/cache.js'
import { parseDuration, type Duration } from '../entry/duration.js'
import { knownOptions } from '../entry/option.js'
import { ListenError } from '../errors.js'
import type { ListenAddress } from '../server/listener.js'
import type { RouteView } from '../server/route-view.js'
import type { Server } from '../server/server.js'
import { OPEN_ACCESS, type Access } from './access.js'
import { adminRoutes } from './admin-routes.js'
import type { DataSettings } from './data-settings.js'
import { dataRoutes } from './data-routes.js'
import { explainerOf } from './explainer.js'
import { Dashboard } from './dashboard/dashboard.js'
import { type InForce, type Reloaded, reloadedFrom } from './reloaded.js'
import { ReadTail } from './read-tail.js'
import { requestLog } from './request-log.js'
import type { ServiceLogger } from './service-log.js'
import { serviceMetrics } from './service-metrics.js'
import type { ServiceOptions } from './service-options.js'
import { dataSettingsOf } from './service-settings.js'
import { spacesOf } from './spaces.js'
import { TokenAccess } from './token-access.js'

/** What a service is made of. */
export interface ServiceParts {
  readonly inForce: InForce
  readonly cache: Cache
  readonly data: Server
  readonly admin: Server
  readonly log: ServiceLogger
  /** What options say, judged. Throws `InvalidOptionError`. */
  readonly read: (options: ServiceOptions) => InForce
}

/** A cache over HTTP: the data API on one listener; on another the same, and what tells of the service. */
export class Service {
  /** The root: namespace `a` of the API is its child `a`. */
  readonly cache: Cache
  readonly #parts: ServiceParts
  readonly #dashboard: Dashboard
  readonly #tail: ReadTail
  readonly #closing = new AbortController()
  #inForce: InForce
  #settings: DataSettings
  #access: Access
  #closed: Promise<void> | undefined

  /** @internal */
  constructor(parts: ServiceParts) {
    this.#parts = parts
    this.cache = parts.cache
    this.#inForce = parts.inForce
    this.#settings = dataSettingsOf(parts.inForce.settings)
    this.#access = accessOf(parts.inForce)
    const { cache, data } = parts
    this.#dashboard = new Dashboard({ cache, data, access: () => this.#access })
    this.#tail = new ReadTail(cache.stats().namespace, this.#closing.signal)
    this.#build()
  }

  /** Both listeners, or none. Rejects with `ListenError` and `NativeUnavailableError`. */
  async listen(): Promise<void> {
    const { data, admin } = this.#parts
    try {
      await named('data', data.listen())
      await named('admin', admin.listen())
      if (this.#closed !== undefined) throw new ListenError('it was closed')
      this.#dashboard.open()
    } catch (error) {
      await Promise.all([data.close({ timeout: 0 }), admin.close({ timeout: 0 })])
      throw error
    }
  }

  /** As in node:net; null where it does not listen. */
  get addresses(): Readonly<Record<'data' | 'admin', ListenAddress | null>> {
    const { data, admin } = this.#parts
    return { data: data.address(), admin: admin.address() }
  }

  /** @internal What each listener has routes for. */
  get routes(): Readonly<Record<'data' | 'admin', readonly RouteView[]>> {
    const { data, admin } = this.#parts
    return { data: data.routes(), admin: admin.routes() }
  }

  /** One line: where it listens, and by which listener. */
  describe(): string {
    const { data, admin } = this.addresses
    if (data === null || admin === null) return 'strata: not listening'
    const which = /\(.*\)$/.exec(this.#parts.data.describe())?.[0] ?? ''
    return `strata: data ${urlOf(data)}, admin ${urlOf(admin)} ${which}`
  }

  /**
   * Puts other tokens, namespaces, quotas, bounds of values or level of the log in force. What needs a restart keeps its value,
   * and is told. Rejects with `InvalidOptionError`, and has changed nothing then.
   */
  async reload(options: ServiceOptions): Promise<Reloaded> {
    const { read, log } = this.#parts
    const { changed, needRestart, ...inForce } = reloadedFrom(this.#inForce, read(options))
    this.#inForce = inForce
    this.#settings = dataSettingsOf(inForce.settings)
    this.#access = accessOf(inForce)
    log.setLevel?.(inForce.settings.logLevel)
    this.#mountData(true)
    if (changed.includes('tokens')) {
      this.#dashboard.disconnect()
      this.#tail.disconnect()
    }
    return await Promise.resolve({ changed, needRestart })
  }

  /**
   * Takes no more connections, finishes what runs within `timeout` (default `timeouts.close`), then cuts off the rest; the
   * admin listener after the other, so that there is something to be seen; then closes the cache.
   */
  async close(options: { readonly timeout?: Duration | undefined } = {}): Promise<void> {
    const { timeout } = knownOptions(options, ['timeout'])
    const usual = this.#inForce.settings['timeouts.close']
    const ms = timeout === undefined ? usual : parseDuration(timeout, 'timeout', { max: MOST })
    await (this.#closed ??= this.#close(ms))
  }

  async #close(timeout: number): Promise<void> {
    const { data, admin } = this.#parts
    const end = performance.now() + timeout
    this.#closing.abort()
    this.#dashboard.close()
    await data.close({ timeout })
    await admin.close({ timeout: Math.max(0, end - performance.now()) })
    await this.cache.close()
  }

  #build(): void {
    const { data, admin, cache, log } = this.#parts
    // what is answered from kept responses passes it by; a proxy has no middleware, or it could keep none natively
    if (!this.#isProxy) data.use(requestLog('data', log), { cacheSafe: true })
    admin.use(requestLog('admin', log), { cacheSafe: true })
    this.#mountData(false)
    const metrics = serviceMetrics(cache, { data, admin })
    const closing = this.#closing.signal
    const explain = this.#isProxy ? explainerOf(data, cache) : undefined
    const spaces = spacesOf(cache, () => this.#settings)
    const access = (): Access => this.#access
    admin.route(
      '/',
      adminRoutes({ cache, spaces, metrics, closing, explain, access, tail: this.#tail }),
    )
    admin.route('/', this.#dashboard.routes)
  }

  get #isProxy(): boolean {
    return this.#inForce.settings.origin !== undefined
  }

  #mountData(replace: boolean): void {
    const { data, admin, cache, log } = this.#parts
    // every path of a proxy is the origin's
    for (const server of this.#isProxy ? [admin] : [data, admin]) {
      const parts = {
        cache,
        settings: () => this.#settings,
        access: () => this.#access,
        onFault: (what: string, error: unknown) =>
          log.error({ err: messageOf(error) }, `unexpected: ${what}`),
      }
      server.route('/', dataRoutes(parts, { replace }))
    }
  }
}

const MOST = 86_400_000

function accessOf({ tokens }: InForce): Access {
  return tokens === undefined ? OPEN_ACCESS : new TokenAccess(tokens)
}

async function named(which: string, listening: Promise<unknown>): Promise<void> {
  try {
    await listening
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    throw new ListenError(`${which}: ${error.message}`, { cause: error })
  }
}

function urlOf({ address, family, port }: ListenAddress): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Without what an error may carry along. */
function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'no error'
}
