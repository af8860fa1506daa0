/**
 * Items of structured fields (RFC 9651 section 4.2). A reader is moved over the text; a function that finds something else
 * than it reads gives undefined, which fails the whole field. Linear; never throws.
 */

export type BareItem =
  | { readonly type: 'integer' | 'decimal' | 'date'; readonly value: number }
  /** A `bytes` value is its base64 text, which nobody here needs decoded. */
  | { readonly type: 'string' | 'token' | 'bytes' | 'display'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }

export interface Reader {
  readonly text: string
  at: number
}

const NUMBER = /-?(\d+)(\.\d*)?/y
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y
const BYTES = /:([A-Za-z0-9+/=]*):/y
const DISPLAY = /%"([^"]*)"/y
const KEY = /[a-z*][a-z0-9_\-.*]*/y
const SPACES = / */y
const OWS = /[ \t]*/y

/** RFC 9651 section 4.2.3.1. */
export function readBareItem(reader: Reader): BareItem | undefined {
  switch (reader.text[reader.at]) {
    case '"':
      return readString(reader)
    case ':':
      return readBytes(reader)
    case '?':
      return readBoolean(reader)
    case '@':
      return readDate(reader)
    case '%':
      return readDisplayString(reader)
    default:
      return readNumber(reader) ?? readToken(reader)
  }
}

/** RFC 9651 section 4.2.3.2. Nobody here uses parameters: whether they could be read. */
export function skipParameters(reader: Reader): boolean {
  while (skipText(reader, ';')) {
    skipSpaces(reader)
    if (readKey(reader) === undefined) return false
    if (skipText(reader, '=') && readBareItem(reader) === undefined) return false
  }
  return true
}

/** RFC 9651 section 4.2.3.3. */
export function readKey(reader: Reader): string | undefined {
  return take(reader, KEY)?.[0]
}

export function skipText(reader: Reader, text: string): boolean {
  if (!reader.text.startsWith(text, reader.at)) return false
  reader.at += text.length
  return true
}

export function skipSpaces(reader: Reader): void {
  take(reader, SPACES)
}

export function skipOws(reader: Reader): void {
  take(reader, OWS)
}

export function isAtEnd(reader: Reader): boolean {
  return reader.at >= reader.text.length
}

/** RFC 9651 section 4.2.4: integers of 15 digits, decimals of 12 and 3. */
function readNumber(reader: Reader): BareItem | undefined {
  const match = take(reader, NUMBER)
  if (match === undefined) return undefined
  const [text, digits = '', fraction] = match
  const value = Number(text)
  if (fraction === undefined) return digits.length <= 15 ? { type: 'integer', value } : undefined
  const places = fraction.length - 1
  return digits.length <= 12 && places >= 1 && places <= 3 ? { type: 'decimal', value } : undefined
}

/** RFC 9651 section 4.2.5: printable ASCII, in which only quotes and backslashes are escaped. */
function readString(reader: Reader): BareItem | undefined {
  const start = ++reader.at
  for (; reader.at < reader.text.length; reader.at++) {
    const char = reader.text[reader.at] as string
    if (char === '"') {
      const value = reader.text.slice(start, reader.at++).replace(/\\(.)/g, '$1')
      return { type: 'string', value }
    }
    if (char < ' ' || char > '~') return undefined
    if (char === '\\' && !'"\\'.includes(reader.text[++reader.at] ?? ' ')) return undefined
  }
  return undefined
}

/** RFC 9651 section 4.2.6. */
function readToken(reader: Reader): BareItem | undefined {
  const match = take(reader, TOKEN)
  return match === undefined ? undefined : { type: 'token', value: match[0] }
}

/** RFC 9651 section 4.2.7. */
function readBytes(reader: Reader): BareItem | undefined {
  const match = take(reader, BYTES)
  return match === undefined ? undefined : { type: 'bytes', value: match[1] as string }
}

/** RFC 9651 section 4.2.8. */
function readBoolean(reader: Reader): BareItem | undefined {
  if (skipText(reader, '?1')) return { type: 'boolean', value: true }
  return skipText(reader, '?0') ? { type: 'boolean', value: false } : undefined
}

/** RFC 9651 section 4.2.9. */
function readDate(reader: Reader): BareItem | undefined {
  reader.at++
  const number = readNumber(reader)
  return number?.type === 'integer' ? { type: 'date', value: number.value } : undefined
}

/** RFC 9651 section 4.2.10: UTF-8, percent-encoded in lower case. */
function readDisplayString(reader: Reader): BareItem | undefined {
  const text = take(reader, DISPLAY)?.[1]
  if (text === undefined || /[^ -~]|%(?![0-9a-f]{2})/.test(text)) return undefined
  try {
    return { type: 'display', value: decodeURIComponent(text) }
  } catch {
    return undefined
  }
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.text)
  if (match === null) return undefined
  reader.at = pattern.lastIndex
  return match
}
