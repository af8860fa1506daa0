import { knownOptions } from '../entry/option.js'
import { InvalidOptionError, ServiceUnavailableError } from '../errors.js'
import { assertClientKey } from './address.js'
import { fromBase64, toBase64 } from './base64.js'
import type { ClientEntry, ClientStored } from './client.js'
import { VALUE_NAMES } from './load-options.js'
import { bodyOf } from './value-body.js'
import { secondsOf, tagsOf } from './value-headers.js'

/** Sends a JSON text to one of the namespace's `_get`, `_set`, and brings the JSON of the answer. */
export type Post = (action: '_get' | '_set', json: string) => Promise<unknown>

/** What the service takes at once. */
const MOST = 500

/** The fresh values by key. */
export async function getMany(post: Post, keys: readonly string[]): Promise<Map<string, unknown>> {
  if (!Array.isArray(keys)) throw new InvalidOptionError('keys', keys, 'an array of strings')
  for (const key of keys) assertClientKey(key)
  const found = new Map<string, unknown>()
  for (const some of chunksOf([...new Set(keys)])) {
    const answer = await post('_get', JSON.stringify({ keys: some }))
    for (const entry of listIn(answer, 'entries')) {
      const { key, found: isThere, value, base64 } = entry
      if (isThere !== true || typeof key !== 'string') continue
      found.set(key, typeof base64 === 'string' ? fromBase64(base64) : value)
    }
  }
  return found
}

/** Stores all that can be stored; what cannot is told one by one. */
export async function setMany(post: Post, entries: readonly ClientEntry[]): Promise<ClientStored> {
  if (!Array.isArray(entries)) throw new InvalidOptionError('entries', entries, 'an array')
  const texts = entries.map(entryText)
  const total = { stored: 0, queued: false, errors: [] as ClientStored['errors'][number][] }
  for (const some of chunksOf(texts)) {
    const answer = await post('_set', `{"entries":[${some.join(',')}]}`)
    const { stored, queued } = answer as { stored?: unknown; queued?: unknown }
    total.stored += Number(stored)
    total.queued ||= queued === true
    total.errors.push(...(listIn(answer, 'errors') as unknown as ClientStored['errors']))
  }
  return total
}

/** JSON of an entry; its value's own text is taken as it is. */
function entryText(entry: ClientEntry, index: number): string {
  knownOptions(entry, ['key', 'value', ...VALUE_NAMES], `entries[${index}]`)
  const { key, value, ttl, grace, tags, type } = entry
  assertClientKey(key)
  const { type: contentType, body } = bodyOf(value, type)
  const rest = JSON.stringify({
    key,
    ttl: ttl === undefined ? undefined : secondsOf(ttl, 'ttl'),
    grace: grace === undefined ? undefined : secondsOf(grace, 'grace'),
    tags: tags === undefined ? undefined : tagsOf(tags),
    ...(typeof body === 'string' ? {} : { base64: toBase64(body), type: contentType }),
  })
  return typeof body === 'string' ? `${rest.slice(0, -1)},"value":${body}}` : rest
}

function* chunksOf<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += MOST) yield list.slice(at, at + MOST)
}

function listIn(answer: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = (answer as Readonly<Record<string, unknown>> | null)?.[name]
  if (Array.isArray(list)) return list as Readonly<Record<string, unknown>>[]
  throw new ServiceUnavailableError('unavailable', `its answer has no ${name}`)
}
