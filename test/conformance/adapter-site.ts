import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Cache } from '../../src/index.js'
import type { RoutePolicy } from '../../src/http/route-policy.js'

/** A handler's request and response, whatever the framework calls them. */
export interface Handling {
  /** As the framework gives it; of several lines the joined value. */
  readonly header: (name: string) => string | undefined
  /** All it can see of the request's fields, as text. */
  readonly everything: () => string
  /** Path and query as the handler finds them. */
  readonly url: () => string
  readonly query: (name: string) => unknown
  /** By the framework's own parser of cookies. */
  readonly cookie: (name: string) => string | undefined
  readonly param: (name: string) => string
  readonly method: () => string
  /** Set before the answer is sent. */
  readonly set: (name: string, value: string | readonly string[]) => void
  readonly send: (status: number, body?: string | Uint8Array) => unknown
  readonly json: (value: unknown) => unknown
  readonly stream: (pieces: AsyncIterable<Uint8Array>) => unknown
  readonly file: (path: string) => unknown
  readonly redirect: (status: number, to: string) => unknown
  /** Called when nobody waits for the answer any more. */
  readonly onLeft: (fn: () => void) => void
  /** Hands an error to the framework otherwise than by throwing it. */
  readonly pass?: ((error: Error) => void) | undefined
  /** Where the framework lets handlers write into Node's own response. */
  readonly raw?: { readonly req: IncomingMessage; readonly res: ServerResponse } | undefined
}

/** A policy whose functions are told what every framework can tell. */
export interface SitePolicy extends Omit<Partial<RoutePolicy<never>>, 'tags' | 'key'> {
  readonly key?: Omit<NonNullable<RoutePolicy<never>['key']>, 'user'>
  readonly tagsOf?: (param: (name: string) => string) => readonly string[]
  readonly userOf?: (header: (name: string) => string | undefined) => string | undefined
}

export interface SiteRoute {
  readonly method?: 'get' | 'post'
  readonly path: string
  /** Prefix of a router of its own. */
  readonly mount?: string
  /** `'fields'`: by what the response says. Undefined: not cached, or by `Site.everywhere`. */
  readonly policy?: SitePolicy | 'fields'
  readonly handle: (h: Handling) => unknown
}

export interface Site {
  readonly cache: Cache
  readonly routes: readonly SiteRoute[]
  /** All routes by what their responses say. */
  readonly everywhere?: boolean
  /** Fields that middleware before the cache sets, by what the client calls itself in `x-client`. */
  readonly stamp?: (client: string) => Readonly<Record<string, string>>
  readonly compress?: 'before' | 'after'
}

export interface RunningSite {
  readonly port: number
  readonly close: () => Promise<void>
}

export type StartSite = (site: Site) => Promise<RunningSite>

/** A site's policy in the words of the adapter. */
export function policyFor<C>(
  { tagsOf, userOf, key, ...policy }: SitePolicy,
  of: {
    readonly param: (c: C, name: string) => string
    readonly header: (c: C, name: string) => string | undefined
  },
): RoutePolicy<C> {
  return {
    ttl: '1m',
    ...(policy as Partial<RoutePolicy<C>>),
    key: {
      ...key,
      ...(userOf === undefined ? {} : { user: (c: C) => userOf((name) => of.header(c, name)) }),
    },
    ...(tagsOf === undefined ? {} : { tags: (c: C) => tagsOf((name) => of.param(c, name)) }),
  }
}
