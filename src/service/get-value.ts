import type { Cache } from '../cache/cache.js'
import { lease } from '../cache/handle.js'
import type { Reading } from '../cache/outcome.js'
import { formatCacheStatus } from '../http/cache-status.js'
import type { Fields } from '../http/fields.js'
import { conditioned } from '../http/present.js'
import { recordedLike } from '../http/recording-cache.js'
import type { Context } from '../server/context.js'
import { Reply } from '../server/reply.js'
import { requestOf } from '../server/route-visit.js'
import type { DataSettings } from './data-settings.js'
import type { SpaceHandler } from './guarded.js'
import { assertKeyText } from './key-text.js'
import { type LeaseWish, leaseWishOf } from './lease-wish.js'
import { Refusal } from './problem.js'
import type { Space } from './spaces.js'
import { valueReply } from './value-reply.js'
import { assertWritable } from './write-value.js'

export interface GetParts {
  readonly settings: () => DataSettings
  /** Wall-clock milliseconds. */
  readonly now: () => number
  /** The answer is kept by the server, which answers conditions and ranges by itself. */
  readonly isKept: boolean
}

const MISS: Fields = ['cache-status', formatCacheStatus({ fwd: 'miss' })]

/** `GET` of a key: what is there and fresh; with `lease`, the right to load it where nothing is. */
export function getValue({ settings, now, isKept }: GetParts): SpaceHandler {
  return async (c, space) => {
    const { key } = c.params
    assertKeyText(key, space, settings(), 'key-too-long')
    const wish = leaseWishOf(c.req.query('lease'), c.req.query('wait'))
    // a lease would keep the proxy from loading
    if (wish !== undefined) assertWritable(space)
    const accept = c.req.header('accept')
    const found =
      (await held(recordedLike(c.cache, space.cache), key, wish)) ??
      (await leased(space, key, wish, c.req.signal))
    const reply = valueReply(found, { accept, now: now() })
    return isKept ? reply : presented(c, reply)
  }
}

/** What is fresh. A lease is asked for by a look of its own, which counts as a read: before it memory alone is asked. */
async function held(
  cache: Cache,
  key: string,
  wish: LeaseWish | undefined,
): Promise<Reading<unknown> | undefined> {
  if (wish !== undefined && cache.peek(key) === undefined) return undefined
  const reading = await cache.read(key)
  return reading.outcome === 'hit' ? reading : undefined
}

/** What somebody else loads meanwhile, or what is stale. Throws `Refusal`, also where the client is to load. */
async function leased(
  space: Space,
  key: string,
  wish: LeaseWish | undefined,
  signal: AbortSignal,
): Promise<Reading<unknown>> {
  if (wish === undefined) throw new Refusal('not-found', undefined, MISS)
  const answer = await lease(space.cache, key, { ...wish, signal })
  switch (answer.kind) {
    case 'value':
      return answer.reading
    case 'yours': {
      const told = `${answer.token}; ttl=${Math.ceil(answer.ttl / 1_000)}`
      throw new Refusal('not-found', 'load it, and put it with this lease', [
        ...MISS,
        'strata-lease',
        told,
      ])
    }
    case 'busy':
      if (answer.stale === undefined) throw new Refusal('busy', undefined, MISS)
      return answer.stale
  }
}

/** As the server presents what it keeps. */
function presented(c: Context, reply: Reply): Reply {
  const body = reply.body as Uint8Array
  const length = ['content-length', String(body.byteLength)]
  const fields = [...reply.fields, ...length, 'cache-control', 'no-cache', 'vary', 'accept']
  const head = { status: reply.status, fields }
  return Reply.of(conditioned(requestOf(c), head, { ...head, body }))
}
