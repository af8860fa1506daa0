import type { WriteResult } from '../cache/write-result.js'
import { routeTag, urlTag } from '../http/http-key.js'
import { canonicalPath } from '../server/canonical.js'
import { type BodyObject, bodyObject, flagOf, textsOf } from './body-object.js'
import type { DataSettings } from './data-settings.js'
import type { SpaceHandler } from './guarded.js'
import { jsonReply } from './json-reply.js'
import { Refusal } from './problem.js'
import { RESPONSES, type Space } from './spaces.js'

const NAMES = ['tags', 'keys', 'all', 'soft']
const NAMES_OF_RESPONSES = [...NAMES, 'urls', 'routes']

/** `POST _purge`: makes values unusable, or with `soft` stale: by tag, by key, or all of the namespace. */
export function purge(settings: () => DataSettings): SpaceHandler {
  return async (c, space) => {
    const names = space.name === RESPONSES ? NAMES_OF_RESPONSES : NAMES
    const body = await bodyObject(c, names)
    const wish = wishOf(body, settings().maxBatch)
    const results = await Promise.all(purgesOf(space, wish))
    const result: WriteResult = results.includes('queued') ? 'queued' : 'applied'
    return jsonReply(JSON.stringify({ result }))
  }
}

interface Wish {
  /** Those of URLs and routes among them. */
  readonly tags: readonly string[]
  readonly keys: readonly string[]
  readonly all: boolean
  readonly soft: boolean
}

/** Throws `Refusal`. */
function wishOf(body: BodyObject, most: number): Wish {
  const all = flagOf(body, 'all')
  const soft = flagOf(body, 'soft')
  if (!['tags', 'keys', 'urls', 'routes'].some((name) => name in body) && !all) {
    throw new Refusal('bad-request', 'nothing is named that is to be purged')
  }
  if (all && soft) throw new Refusal('bad-request', 'all of a namespace cannot be purged softly')
  const tags = [
    ...textsOf(body, 'tags', most),
    ...textsOf(body, 'urls', most).map(tagOfUrl),
    ...textsOf(body, 'routes', most).map(routeTag),
  ]
  return { tags, keys: textsOf(body, 'keys', most), all, soft }
}

/** As responses are tagged: without query, the path in its one spelling. Throws `Refusal`. */
function tagOfUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const scheme = url === undefined ? undefined : SCHEMES.get(url.protocol as 'http:')
  const target = url === undefined ? undefined : canonicalPath(url.pathname)
  if (url === undefined || scheme === undefined || target === undefined) {
    throw new Refusal('bad-request', 'urls: absolute URLs of http or https')
  }
  return urlTag({ scheme, authority: url.host, target })
}

const SCHEMES = new Map([
  ['http:', 'http'],
  ['https:', 'https'],
] as const)

function purgesOf(space: Space, wish: Wish): Promise<WriteResult>[] {
  const { cache, ledger } = space
  const { tags, keys, all, soft } = wish
  if (all) return [cache.clear().then(told(() => ledger?.clear()))]
  if (soft) return [cache.invalidateTags(tags, { soft }), ...keys.map((key) => cache.expire(key))]
  return [
    cache.invalidateTags(tags).then(told(() => ledger?.deleteTagged(tags))),
    cache.deleteMany(keys).then(told(() => keys.forEach((key) => ledger?.delete(key)))),
  ]
}

/** What is gone counts no longer. */
function told(tell: () => void): (result: WriteResult) => WriteResult {
  return (result) => {
    tell()
    return result
  }
}
