import { packForOthers } from '../entry/interchange.js'
import { RawBody } from '../entry/raw-body.js'
import { MSGPACK_TYPE } from './accept.js'
import { bodyObject, textsOf } from './body-object.js'
import type { DataSettings } from './data-settings.js'
import type { SpaceHandler } from './guarded.js'
import { inChunks } from './in-chunks.js'
import { jsonReply } from './json-reply.js'
import { isJsonValue } from './json-value.js'
import { assertKeyText } from './key-text.js'
import { Refusal } from './problem.js'
import type { Space } from './spaces.js'
import { entityTag, secondsOf } from './value-reply.js'

/** An answer holds at least so many bytes; and no more than a few of the largest values there can be. */
const LEAST_ROOM = 32 * 2 ** 20
const LARGEST_VALUES = 4

/** `POST _get`: what is there and fresh of many keys, in their order. */
export function getBatch(settings: () => DataSettings, now: () => number): SpaceHandler {
  return async (c, space) => {
    const { maxBatch, maxValue } = settings()
    const keys = textsOf(await bodyObject(c, ['keys']), 'keys', maxBatch)
    for (const key of keys) assertKeyText(key, space, settings(), 'bad-key')
    const room = new Room(Math.max(LEAST_ROOM, LARGEST_VALUES * maxValue))
    const entries = await inChunks(keys, (key) => entryText(space, key, now(), room), textLength)
    return jsonReply(`{"entries":[${entries.join()}]}`)
  }
}

const textLength = ({ length }: string): number => length

/** What an answer may still hold. */
class Room {
  #left: number

  constructor(most: number) {
    this.#left = most
  }

  /** Throws `Refusal` where there is none any more: nothing else is to be written then. */
  assertLeft(): void {
    if (this.#left < 0) throw new Refusal('too-large', 'the answer: ask for fewer keys at once')
  }

  take(text: string): string {
    this.#left -= text.length
    this.assertLeft()
    return text
  }
}

/** As JSON, so that a value is written once. */
async function entryText({ cache }: Space, key: string, now: number, room: Room): Promise<string> {
  const reading = await cache.read(key)
  room.assertLeft()
  if (reading.outcome !== 'hit') return room.take(JSON.stringify({ key, found: false }))
  const etag = reading.id === undefined ? undefined : entityTag(reading.id)
  const form = formOf(reading.value)
  return room.take(JSON.stringify({ key, found: true, ...form, ...secondsOf(reading, now), etag }))
}

function formOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value instanceof RawBody) return { base64: base64(value.bytes), type: value.contentType }
  if (isJsonValue(value)) return { value }
  return { base64: base64(packForOthers(value)), type: MSGPACK_TYPE }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
