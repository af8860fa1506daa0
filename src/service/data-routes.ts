import { type Cache, insideOf } from '../cache/cache.js'
import { parseFlag } from '../entry/option.js'
import type { Context } from '../server/context.js'
import type { RouteCachePolicy } from '../server/options.js'
import type { Reply } from '../server/reply.js'
import { createRoutes, type Routes } from '../server/routes.js'
import { reducedAccept } from './accept.js'
import type { Access, Scope } from './access.js'
import { GUARDING_FIELDS } from './answer-fields.js'
import type { DataSettings } from './data-settings.js'
import { deleteValue } from './delete-value.js'
import { getBatch } from './get-batch.js'
import { getValue } from './get-value.js'
import { type Guard, guarded, type SpaceHandler } from './guarded.js'
import { jsonReply } from './json-reply.js'
import { LONGEST_WAIT } from './lease-wish.js'
import { purge } from './purge.js'
import { putValue } from './put-value.js'
import { setBatch } from './set-batch.js'
import { siteOf } from './site.js'
import { spacesOf } from './spaces.js'

export interface DataParts {
  /** The root of the service: namespace `a` of a URL is its child `a`. */
  readonly cache: Cache
  /** As configured at this moment. */
  readonly settings: () => DataSettings
  readonly access: () => Access
  /** Told of what the service did not expect; never of values or tokens. */
  readonly onFault: (what: string, error: unknown) => void
}

/**
 * The data API, to be mounted at `/` of a server. After a change of the configuration it is made anew and mounted once more
 * with `replace`: whether `GET` is answered from kept responses, and how long a body may be, is decided here.
 */
export function dataRoutes(parts: DataParts, options: { readonly replace?: boolean } = {}): Routes {
  const replace = parseFlag(options.replace ?? false, 'replace')
  const { settings, onFault } = parts
  const spaces = spacesOf(parts.cache, settings)
  const isKept = parts.access().isOpen
  const { clock } = insideOf(parts.cache).engine
  const now = (): number => clock.wall()
  const { maxValue } = settings()
  const batch = { replace, invalidates: false, bodyBytes: batchBytes(settings()) }
  const behind = (guard: Guard, handle: SpaceHandler) =>
    guarded({ access: parts.access, spaces, onFault }, guard, handle)
  return createRoutes()
    .get('/healthz', { replace }, healthReply)
    .get(
      KEY,
      { replace, timeout: LONGEST_WAIT * 2, ...(isKept ? { cache: keptPolicy(maxValue) } : {}) },
      behind(
        { scopes: scopesOfGet, parameters: ['lease', 'wait'], isKept },
        getValue({ settings, now, isKept }),
      ),
    )
    .put(
      KEY,
      { replace, invalidates: false, bodyBytes: maxValue },
      behind({ scopes: () => ['write'], parameters: [] }, putValue(settings)),
    )
    .delete(
      KEY,
      { replace, invalidates: false },
      behind({ scopes: () => ['write', 'purge'], parameters: ['lease'] }, deleteValue(settings)),
    )
    .post(
      '/v1/:namespace/_get',
      batch,
      behind({ scopes: () => ['read'], parameters: [] }, getBatch(settings, now)),
    )
    .post(
      '/v1/:namespace/_set',
      batch,
      behind({ scopes: () => ['write'], parameters: [] }, setBatch(settings, onFault)),
    )
    .post(
      '/v1/:namespace/_purge',
      batch,
      behind({ scopes: () => ['purge'], parameters: [] }, purge(settings)),
    )
}

const KEY = '/v1/:namespace/*key'

/** It tells nothing but that the process answers. */
function healthReply(): Reply {
  const reply = jsonReply('{"status":"ok"}')
  return reply.withFields([...reply.fields, ...GUARDING_FIELDS])
}

/** Who is given a lease is to write. */
function scopesOfGet(c: Context): readonly Scope[] {
  return c.req.query('lease') === undefined ? ['read'] : ['write']
}

const MEGABYTE = 2 ** 20
const MOST_KEPT = 64 * MEGABYTE

/** A batch may hold the largest value, in base64. */
function batchBytes({ maxValue }: DataSettings): number {
  return Math.max(MEGABYTE, maxValue * 2)
}

/**
 * Answers of `GET` are kept as they are, by the listener itself, until what they were made of has ended, changed or gone:
 * that their handler reads it from the cache makes them depend on it.
 */
function keptPolicy(maxValue: number): RouteCachePolicy {
  return {
    ttl: '365d',
    grace: 0,
    tiers: 'memory',
    dependencies: 'context',
    maxBody: Math.min(Math.max(maxValue, MEGABYTE), MOST_KEPT),
    key: {
      // a parameter that is refused is not to find what is kept for others
      query: 'all',
      headers: { accept: reducedAccept, 'sec-fetch-site': siteOf },
    },
  }
}
