import { representationsOf } from '../http/codings.js'
import { notModifiedFields } from '../http/conditional.js'
import { type Fields, valueOf } from '../http/fields.js'
import type { StoredResponse } from '../http/stored-response.js'
import { isBodiless } from './own-fields.js'

/** From when a response counts and until when it may be used; milliseconds, from now. */
export interface RecordTimes {
  readonly age: number
  /** As its origin said. */
  readonly freshFor: number
  readonly staleFor: number
  /** Not measured by what other processes say. */
  readonly isUnheard: boolean
}

const UNHEARD = 1

const CODINGS = { identity: 0, br: 1, gzip: 2 } as const

/** 32-bit words of a representation: coding, place of its body, lengths of its texts. */
const ROW = 7

/**
 * What Rust is told of a stored response, so that it answers as `present` would and has nothing to decide: the heads of its
 * 200 and its 304 in each coding, without what changes from answer to answer. The layout is that of `meta.rs`. Undefined: it
 * has a field that cannot be sent.
 */
export function recordOf(
  stored: StoredResponse,
  packed: Uint8Array,
  times: RecordTimes,
): Buffer | undefined {
  const representations = representationsOf(stored)
  const rows: number[] = []
  const texts: string[] = []
  for (const one of representations) {
    const { coding, body, fields, status } = one
    const own = textsOf(one)
    if (!isSendable(fields)) return undefined
    const offset = body.byteOffset - packed.byteOffset
    rows.push(CODINGS[coding], offset, lengthOf(one), ...own.map((text) => text.length))
    texts.push(...own)
    if (status < 200 || offset < 0) return undefined
  }
  const prefix = valueOf(stored.fields, 'cache-status') ?? ''
  const text = [...texts, prefix, stored.vary.join('\0')].join('')
  const words = 11 + ROW * representations.length
  const record = Buffer.alloc(words * 4 + text.length)
  let at = record.writeUInt32LE(stored.status)
  for (const ms of [times.age, times.freshFor, times.staleFor]) at = record.writeDoubleLE(ms, at)
  at = record.writeUInt32LE(times.isUnheard ? UNHEARD : 0, at)
  at = record.writeUInt32LE(representations.length, at)
  for (const word of rows) at = record.writeUInt32LE(word, at)
  at = record.writeUInt32LE(stored.vary.length, at)
  at = record.writeUInt32LE(prefix.length, at)
  record.write(text, at, 'latin1')
  return record
}

/** Head of the whole, head of a 304, entity tag, date of the last change. */
function textsOf(stored: StoredResponse): string[] {
  const { status, fields } = stored
  // RFC 9110 section 8.6
  const length = status === 204 ? '' : `content-length: ${lengthOf(stored)}\r\n`
  // preconditions are about what would be a success (RFC 9110 section 13.2.1)
  const isSuccess = status >= 200 && status <= 299
  const notModified = isSuccess ? headOf(notModifiedFields(fields)) : ''
  const validators = ['etag', 'last-modified'].map((name) =>
    isSuccess ? (valueOf(fields, name) ?? '') : '',
  )
  return [headOf(fields) + length, notModified, ...validators]
}

/** Of the body as it is sent: some clients expect none at all, and would take it for the next answer. */
function lengthOf({ status, body }: StoredResponse): number {
  return isBodiless(status) ? 0 : body.byteLength
}

/** Of the connection, or of each answer anew. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'age',
  'cache-status',
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function headOf(fields: Fields): string {
  let head = ''
  for (let i = 0; i < fields.length; i += 2) {
    if (!LEFT_OUT.has(fields[i] as string)) head += `${fields[i]}: ${fields[i + 1]}\r\n`
  }
  return head
}

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

function isSendable(fields: Fields): boolean {
  return fields.every((text, i) => (i % 2 === 0 ? NAME : VALUE).test(text))
}
