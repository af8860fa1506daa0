import { InvalidOptionError } from '../errors.js'
import { routesOf } from './controller.js'
import { useOf, type Use } from './middleware.js'
import { ANY_METHOD, parseMethod } from './methods.js'
import type { Handler, Middleware, RouteOptions, UseOptions } from './options.js'
import { joinPatterns, parsePattern } from './pattern.js'
import { RouteList } from './route-list.js'
import { routeOf, type Route } from './route.js'

/** Adds a route: `(pattern, handler)` or `(pattern, options, handler)`. */
export interface Register<This> {
  <const P extends string>(pattern: P, handler: Handler<P>): This
  <const P extends string>(pattern: P, options: RouteOptions<P>, handler: Handler<P>): This
}

/** A route, and how many of the middleware were there before it: those run for it. */
export interface Registered {
  readonly route: Route
  readonly uses: number
}

type Entry =
  { readonly kind: 'route'; readonly route: Route } | { readonly kind: 'use'; readonly use: Use }

/** Routes and middleware in the order of their registration. A server is one; others are mounted into it. */
export class Routes {
  readonly get: Register<this> = this.#registrar('GET')
  readonly post: Register<this> = this.#registrar('POST')
  readonly put: Register<this> = this.#registrar('PUT')
  readonly patch: Register<this> = this.#registrar('PATCH')
  readonly delete: Register<this> = this.#registrar('DELETE')
  readonly head: Register<this> = this.#registrar('HEAD')
  readonly options: Register<this> = this.#registrar('OPTIONS')
  /** Every method that has no route of its own in the same place. */
  readonly all: Register<this> = this.#registrar(ANY_METHOD)

  readonly #entries: Entry[] = []
  readonly #list = new RouteList<Registered>()
  readonly #uses: Use[] = []
  #mountedAt: string | undefined

  /** Another method that node:http can parse, such as `PURGE` or `PROPFIND`. */
  on<const P extends string>(method: string, pattern: P, handler: Handler<P>): this
  on<const P extends string>(
    method: string,
    pattern: P,
    options: RouteOptions<P>,
    handler: Handler<P>,
  ): this
  on(method: string, pattern: string, ...rest: readonly unknown[]): this {
    return this.#register(parseMethod(method), pattern, rest)
  }

  /**
   * Middleware for the routes added after it, below a prefix if one is given. Behind one that is not `cacheSafe` a cached
   * answer is looked up after it ran.
   */
  use(middleware: Middleware, options?: UseOptions): this
  use(prefix: string, middleware: Middleware, options?: UseOptions): this
  use(first: string | Middleware, second?: Middleware | UseOptions, third?: UseOptions): this {
    const hasPrefix = typeof first === 'string'
    const [middleware, options] = hasPrefix ? [second, third] : [first, second]
    return this.#addUse(
      useOf(hasPrefix ? first : '/', middleware as Middleware, (options ?? {}) as UseOptions),
    )
  }

  /** Adds the routes that decorators (`strata-cache/decorator`) put on the methods of an instance. */
  register(controller: object): this {
    for (const { method, pattern, cache, handler } of routesOf(controller)) {
      this.on(method, pattern, { cache }, handler)
    }
    return this
  }

  /** Adds the routes and middleware of another below a prefix. It is complete then: nothing can be added to it any more. */
  route(prefix: string, routes: Routes): this {
    if (!(routes instanceof Routes) || (routes as unknown) === this) {
      throw new InvalidOptionError(
        'routes',
        routes,
        'another one made by createRoutes or createServer',
      )
    }
    routes.assertMountable()
    for (const entry of routes.#entries) {
      if (entry.kind === 'use') this.#addUse(movedUse(prefix, entry.use))
      else this.#addRoute(movedRoute(prefix, entry.route))
    }
    routes.#mountedAt = prefix
    return this
  }

  /** @internal Throws where there is something that a mount would lose. */
  assertMountable(): void {}

  /** @internal */
  get registered(): readonly Registered[] {
    return this.#list.all().map(({ what }) => what)
  }

  /** @internal */
  get uses(): readonly Use[] {
    return this.#uses
  }

  /** @internal Called before a route is added; throws for one that cannot be. */
  protected checkRoute(_route: Route): void {}

  /** @internal Called after anything was added. */
  protected changed(): void {}

  #registrar(method: string): Register<this> {
    return (pattern: string, ...rest: readonly unknown[]) => this.#register(method, pattern, rest)
  }

  #register(method: string, pattern: string, rest: readonly unknown[]): this {
    const [options, handler] = rest.length > 1 ? rest : [{}, rest[0]]
    return this.#addRoute(
      routeOf(method, parsePattern(pattern), options as RouteOptions, handler as Handler),
    )
  }

  #addRoute(route: Route): this {
    this.#assertOpen(`${route.method} ${route.pattern.text}`)
    this.checkRoute(route)
    const { method, pattern } = route
    const listed = { method, pattern, what: { route, uses: this.#uses.length } }
    if (route.replace) this.#list.replace(listed)
    else this.#list.add(listed)
    this.#entries.push({ kind: 'route', route })
    this.changed()
    return this
  }

  #addUse(use: Use): this {
    this.#assertOpen(use.path)
    this.#uses.push(use)
    this.#entries.push({ kind: 'use', use })
    this.changed()
    return this
  }

  #assertOpen(what: string): void {
    if (this.#mountedAt === undefined) return
    throw new InvalidOptionError(
      'route',
      what,
      `to be added before it is mounted (at ${this.#mountedAt})`,
    )
  }
}

/** Routes to be mounted into a server: `app.route('/api', routes)`. */
export function createRoutes(): Routes {
  return new Routes()
}

function movedRoute(prefix: string, route: Route): Route {
  return { ...route, pattern: parsePattern(joinPatterns(prefix, route.pattern.text)) }
}

function movedUse(prefix: string, { path, middleware, cacheSafe }: Use): Use {
  return useOf(joinPatterns(prefix, path), middleware, { cacheSafe })
}
