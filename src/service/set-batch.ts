import { parseDuration } from '../entry/duration.js'
import { assertNames, bodyObject, isObject, listOf, textsOf } from './body-object.js'
import type { DataSettings } from './data-settings.js'
import { toldOf } from './failure.js'
import type { SpaceHandler } from './guarded.js'
import { inChunks } from './in-chunks.js'
import { jsonReply } from './json-reply.js'
import { assertKeyText } from './key-text.js'
import { type ProblemName, Refusal } from './problem.js'
import { lifeOf } from './put-lifetime.js'
import type { Space } from './spaces.js'
import { valueOfBody } from './stored-value.js'
import { assertWritable, writeValue, type Writing } from './write-value.js'

const NAMES = ['key', 'value', 'base64', 'type', 'ttl', 'grace', 'tags']

/** Tags of one entry; how many an entry may have in the end the cache says. */
const MOST_TAGS = 256

type Outcome =
  | { readonly queued: boolean }
  | {
      readonly key: string | undefined
      readonly problem: ProblemName
      readonly detail?: string | undefined
    }

/** `POST _set`: stores many values. One that cannot be stored is told, and keeps no other from being stored. */
export function setBatch(
  settings: () => DataSettings,
  onFault: (what: string, error: unknown) => void,
): SpaceHandler {
  return async (c, space) => {
    assertWritable(space)
    const entries = listOf(await bodyObject(c, ['entries']), 'entries', settings().maxBatch)
    const outcomes = await inChunks(entries, (entry) => stored(space, settings(), entry, onFault))
    const errors = outcomes.filter((outcome) => 'problem' in outcome)
    const stores = outcomes.filter((outcome) => 'queued' in outcome)
    const queued = stores.some((outcome) => outcome.queued)
    return jsonReply(JSON.stringify({ stored: stores.length, queued, errors }))
  }
}

async function stored(
  space: Space,
  settings: DataSettings,
  entry: unknown,
  onFault: (what: string, error: unknown) => void,
): Promise<Outcome> {
  try {
    const { result } = await writeValue(space, settings, writingOf(space, settings, entry))
    return { queued: result === 'queued' }
  } catch (error) {
    const told = toldOf(error)
    if (told === undefined) onFault('_set', error)
    const { problem, detail } = told ?? { problem: 'internal', detail: undefined }
    const key = isObject(entry) && typeof entry['key'] === 'string' ? entry['key'] : undefined
    return { key, problem, detail }
  }
}

/** Throws `Refusal` and `InvalidOptionError`. */
function writingOf(space: Space, settings: DataSettings, entry: unknown): Writing {
  if (!isObject(entry)) throw new Refusal('bad-request', 'an entry is an object')
  assertNames(entry, NAMES, 'an entry')
  const { key } = entry
  assertKeyText(key, space, settings, 'bad-key')
  const life = lifeOf(
    lastingOf(entry['ttl'], 'ttl'),
    lastingOf(entry['grace'], 'grace'),
    space.settings,
  )
  const tags = textsOf(entry, 'tags', MOST_TAGS)
  return { key, ...valueOf(entry), life, tags }
}

function valueOf(entry: Readonly<Record<string, unknown>>): Pick<Writing, 'value' | 'bytes'> {
  const { value, base64, type } = entry
  if (base64 === undefined) {
    if (value === undefined || type !== undefined) {
      throw new Refusal('bad-request', 'an entry has a value, or base64 with a type')
    }
    return { value, bytes: bytesOf(value) }
  }
  if (value !== undefined || typeof base64 !== 'string' || !isBase64(base64)) {
    throw new Refusal('bad-request', 'base64: text of RFC 4648 with its padding, without a value')
  }
  if (type !== undefined && typeof type !== 'string') {
    throw new Refusal('bad-request', 'type: a media type')
  }
  const bytes = Buffer.from(base64, 'base64')
  return { value: valueOfBody(type, bytes), bytes: bytes.byteLength }
}

/** As JSON. Throws `Refusal`. */
function bytesOf(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value))
  } catch {
    // of what was parsed from JSON, only the stack does not hold all levels
    throw new Refusal('not-stored', 'it is nested too deep')
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/** Milliseconds; a number counts seconds. Throws `InvalidOptionError`. */
function lastingOf(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined
  return parseDuration(typeof value === 'number' ? value * 1_000 : value, name)
}
