import { type Cache, insideOf } from '../cache/cache.js'
import { systemClock } from '../clock.js'
import { createCache } from '../create-cache.js'
import { parseDuration, type Duration } from '../entry/duration.js'
import { knownOptions } from '../entry/option.js'
import { InvalidOptionError, ListenError } from '../errors.js'
import { CachedRoutes } from './cached-routes.js'
import { isPromise } from './chain.js'
import { type Choice, chooseListener, OFF } from './choose-listener.js'
import { Core } from './core.js'
import { FetchIncoming } from './fetch-incoming.js'
import { whatwgResponse } from './fetch-response.js'
import type { NativeBinding, NativeStore } from '../native/contract.js'
import type { Rule } from '../http/route-policy.js'
import type { ListenAddress, Listener } from './listener.js'
import type { Use } from './middleware.js'
import { NativeListener } from './native-listener.js'
import { nativeProgram } from './native-program.js'
import { NativeResponses } from './native-responses.js'
import { isNativeWanted, type NativeUse, nativeUseOf, type NativeUseParts } from './native-rule.js'
import { NodeListener } from './node-listener.js'
import type { ErrorHandler, Handler } from './options.js'
import { programOf, type Program } from './program.js'
import { Proxied } from './proxied.js'
import { Reporter } from './reporter.js'
import { routeViews, type RouteView } from './route-view.js'
import type { RouteCache } from './route-cache.js'
import { Routes } from './routes.js'
import type { Route } from './route.js'
import { ServerCounters, type ServerStats } from './server-stats.js'
import type { ServerSettings } from './settings.js'
import { Watch } from './watch.js'

const CLOSE_TIMEOUT = '10s'

/** An app: routes and middleware, answered over a port of its own (`listen`) or as a function (`fetch`). */
export class Server extends Routes {
  readonly #settings: ServerSettings
  readonly #routeCache: RouteCache
  readonly #counters = new ServerCounters()
  readonly #core: Core
  readonly #watch: Watch
  readonly #reporter: Reporter
  /** @internal */
  readonly proxied: Proxied | undefined
  #program: Program | undefined
  #nativeKept: NativeUseParts | undefined
  #version = 0
  #ownCache: Cache | undefined
  #onError: ErrorHandler | undefined
  #notFound: Handler | undefined
  #listener: Listener | undefined
  /** Which one runs, and why. */
  #which: string | undefined
  #listening: Promise<ListenAddress> | undefined
  #isChanging = false
  #address: ListenAddress | undefined
  #isKept = true
  #closing: Promise<void> | undefined

  /** @internal */
  constructor(settings: ServerSettings, routeCache?: RouteCache) {
    super()
    this.#settings = settings
    this.#watch = new Watch(systemClock)
    this.#reporter = new Reporter(settings.logger)
    this.#routeCache =
      routeCache ??
      new CachedRoutes({
        cacheOf: () => this.#cache(),
        warn: (pattern, input) => this.#reporter.unkeyed(pattern, input),
        onRuleFault: (fault) => this.#reporter.ruleFault(fault),
      })
    this.proxied = this.#proxiedBy(settings)
    this.#core = new Core({
      app: this,
      settings,
      clock: systemClock,
      watch: this.#watch,
      reporter: this.#reporter,
      counters: this.#counters,
      cacheOf: () => this.#cache(),
      program: () => this.#current(),
      onError: () => this.#onError,
      notFound: () => this.#notFound,
      invalidateAfter: (request, response) => this.#routeCache.invalidateAfter(request, response),
    })
  }

  /** Answers what a handler or a middleware throws. Its answer may be anything that of a handler may be. */
  onError(handler: ErrorHandler): this {
    this.#onError = checkedHandler(handler, 'onError')
    return this
  }

  /** Answers a path that has no route. */
  notFound(handler: Handler): this {
    this.#notFound = checkedHandler(handler, 'notFound')
    return this
  }

  /** The same app as a function. */
  readonly fetch = async (request: Request): Promise<Response> => {
    const incoming = new FetchIncoming(request)
    const answer = this.#core.answer(incoming)
    const response = isPromise(answer) ? await incoming.until(answer) : answer
    return whatwgResponse(response, request.method)
  }

  /** Rejects with `ListenError`: the port is taken, the host is none of this machine; with `NativeUnavailableError`. */
  async listen(): Promise<ListenAddress> {
    if (this.#listening !== undefined || this.#closing !== undefined) {
      throw new ListenError(this.#closing === undefined ? 'it listens already' : 'it was closed')
    }
    this.#current()
    try {
      return await (this.#listening = this.#listen())
    } catch (error) {
      this.#listening = undefined
      this.#listener = undefined
      throw error
    }
  }

  /** Where it listens, as in node:net; null before `listen` and after `close`. */
  address(): ListenAddress | null {
    return this.#address ?? null
  }

  /** Whether the listener in Rust runs. */
  get native(): boolean {
    return this.#which !== undefined && this.#listener?.isNative === true
  }

  /** One line for the log: where it listens, and by which listener and why. */
  describe(): string {
    const where =
      this.#address === undefined ? 'not listening' : `listening on ${urlOf(this.#address)}`
    const which = this.#settings.native === false ? whichOf({ why: OFF }) : this.#which
    return which === undefined ? where : `${where} (${which})`
  }

  routes(): readonly RouteView[] {
    return routeViews(this, (route, uses) => this.#nativeOf(route, uses))
  }

  stats(): ServerStats {
    return this.#counters.stats(this.#listener)
  }

  /** Keeps the process alive while it listens, which is the default. */
  ref(): this {
    return this.#keep(true)
  }

  unref(): this {
    return this.#keep(false)
  }

  /**
   * Takes no more connections, finishes what runs within `timeout` (default 10s), then cuts off the rest. The port is free
   * when it resolves. Connections to an origin are closed, and a cache that the server made is closed with it.
   */
  async close(options: { readonly timeout?: Duration | undefined } = {}): Promise<void> {
    const { timeout = CLOSE_TIMEOUT } = knownOptions(options, ['timeout'])
    // timers of the addon count whole milliseconds
    const ms = Math.ceil(parseDuration(timeout, 'timeout', { max: 86_400_000 }))
    await (this.#closing ??= this.#close(ms))
  }

  /** @internal How the origin's answer to such a request is cached; undefined: it is not forwarded. */
  ruleFor(method: string, target: string): Rule | undefined {
    const { router, routes } = this.#current()
    const match = router.match(method, target)
    const found = match.kind === 'route' ? routes[match.route] : undefined
    return found && this.proxied?.ruleOf(found.route.handler)?.rule
  }

  /** @internal */
  override assertMountable(): void {
    if (this.#onError === undefined && this.#notFound === undefined) return
    throw new InvalidOptionError('routes', this, 'an app without onError and notFound of its own')
  }

  /** @internal */
  protected override checkRoute(route: Route): void {
    if (route.cache !== undefined) this.#routeCache.layer(route.cache, route)
    if (!isNativeWanted(route, this.#nativeParts)) return
    const { why } = this.#nativeOf(route, this.uses)
    if (why !== undefined) throw new InvalidOptionError('cache.native', true, `not here: ${why}`)
  }

  /** @internal */
  protected override changed(): void {
    this.#program = undefined
    // once for all that is added in one go
    if (this.#listener === undefined || this.#isChanging) return
    this.#isChanging = true
    queueMicrotask(() => {
      this.#isChanging = false
      this.#listener?.routesChanged()
    })
  }

  #proxiedBy({ origin, limits }: ServerSettings): Proxied | undefined {
    if (origin === undefined) return undefined
    const { bodyBytes } = limits
    return new Proxied({
      settings: origin,
      bodyBytes,
      cacheOf: () => this.#cache(),
      onRuleFault: (fault) => this.#reporter.ruleFault(fault),
    })
  }

  async #listen(): Promise<ListenAddress> {
    const choice = await chooseListener(this.#settings)
    await this.proxied?.open()
    const listener = (this.#listener = this.#listenerOf(choice.binding))
    this.#address = await listener.listen()
    listener.keepAlive(this.#isKept)
    this.#which = whichOf(choice)
    return this.#address
  }

  #listenerOf(binding: NativeBinding | undefined): Listener {
    const settings = this.#settings
    const parts = {
      core: this.#core,
      settings,
      counters: this.#counters,
      reporter: this.#reporter,
    }
    if (binding !== undefined) {
      const program = (): string => nativeProgram(this.#current(), settings)
      const open = (): NativeStore => new binding.NativeStore(settings.limits.responseBytes)
      const responses = NativeResponses.of(this.#cache(), open)
      return new NativeListener({ ...parts, binding, responses, program })
    }
    const allow = (): string => this.#current().router.allow
    return new NodeListener({ ...parts, watch: this.#watch, allow })
  }

  #current(): Program {
    return (this.#program ??= programOf(this, (c) => this.#core.miss(c), {
      version: ++this.#version,
      cache: this.#routeCache,
      nativeOf: (route, uses) => this.#nativeOf(route, uses),
    }))
  }

  #nativeOf(route: Route, uses: readonly Use[]): NativeUse {
    return nativeUseOf(route, uses, this.#nativeParts)
  }

  get #nativeParts(): NativeUseParts {
    const { cache } = this.#settings
    // once: it is asked for with every route
    return (this.#nativeKept ??= {
      routeCache: this.#routeCache,
      proxiedRule: (handler) => this.proxied?.ruleOf(handler),
      hasMemory: cache === undefined || insideOf(cache).engine.store !== undefined,
    })
  }

  #cache(): Cache {
    return this.#settings.cache ?? (this.#ownCache ??= createCache())
  }

  #keep(isKept: boolean): this {
    this.#isKept = isKept
    this.#listener?.keepAlive(isKept)
    return this
  }

  async #close(timeout: number): Promise<void> {
    await this.#listening?.catch(() => undefined) // whoever called listen() hears of it
    await this.#listener?.close(timeout)
    this.#address = undefined
    await this.proxied?.close()
    await this.#ownCache?.close()
  }
}

function checkedHandler<T>(handler: T, option: string): T {
  if (typeof handler !== 'function') throw new InvalidOptionError(option, handler, 'a function')
  return handler
}

function whichOf(choice: Choice): string {
  return choice.binding === undefined ? `TypeScript listener: ${choice.why}` : 'native listener'
}

function urlOf({ address, family, port }: ListenAddress): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
