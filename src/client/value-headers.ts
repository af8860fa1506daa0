import { parseDuration } from '../entry/duration.js'
import { InvalidOptionError } from '../errors.js'
import type { ValueOptions } from './client.js'

/** Lifetime and tags as fields of a PUT. */
export function valueHeaders(options: ValueOptions): Readonly<Record<string, string>> {
  const lifetime = lifetimeOf(options)
  const tags = tagsOf(options.tags)
  return {
    ...(lifetime === '' ? {} : { 'cache-control': lifetime }),
    ...(tags.length === 0 ? {} : { 'cache-tag': tags.join(', ') }),
  }
}

/** Up: a value that was to live briefly shall not be one that is not kept. */
export function secondsOf(value: unknown, option: string): number {
  return Math.ceil(parseDuration(value, option) / 1_000)
}

export function tagsOf(tags: unknown): readonly string[] {
  if (tags === undefined) return []
  if (!Array.isArray(tags)) throw new InvalidOptionError('tags', tags, 'an array of strings')
  return tags.map(tagOf)
}

function lifetimeOf({ ttl, grace }: ValueOptions): string {
  const parts: string[] = []
  if (ttl !== undefined) parts.push(`max-age=${secondsOf(ttl, 'ttl')}`)
  if (grace !== undefined) parts.push(`stale-while-revalidate=${secondsOf(grace, 'grace')}`)
  return parts.join(', ')
}

/** What a field can hold: a line break would be another field, a comma another tag. */
function tagOf(tag: unknown): string {
  if (typeof tag !== 'string' || !/^[\x21-\x7e]+$/.test(tag) || tag.includes(',')) {
    throw new InvalidOptionError('tags', tag, 'printable ASCII without spaces and commas')
  }
  return tag
}
