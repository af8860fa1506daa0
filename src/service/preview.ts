import { inspect } from 'node:util'
import { RawBody } from '../entry/raw-body.js'

/** A value as people are shown it. */
export interface Preview {
  /** Of bytes their content type; `application/json`, or, where JSON does not hold what is shown, `application/vnd.msgpack`. */
  readonly type: string
  /** The beginning of its text; of bytes that are no text, in hexadecimal. */
  readonly preview: string
  /** There is more. */
  readonly cut: boolean
}

/** UTF-16 units, hence at most 4 KB of ASCII. */
const MOST = 4_096
const MOST_BYTES = 64
const DEEPEST = 32

const TEXTUAL = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|yaml)\b)/i

/** Costs no more for a large value than for a small one. */
export function previewOf(value: unknown): Preview {
  return value instanceof RawBody ? ofBytes(value) : ofValue(value)
}

function ofBytes({ contentType, bytes }: RawBody): Preview {
  if (!TEXTUAL.test(contentType)) {
    const hex = [...bytes.subarray(0, MOST_BYTES)].map((byte) => byte.toString(16).padStart(2, '0'))
    return { type: contentType, preview: hex.join(' '), cut: bytes.length > MOST_BYTES }
  }
  const text = new TextDecoder().decode(bytes.subarray(0, MOST))
  return { type: contentType, preview: text, cut: bytes.length > MOST }
}

function ofValue(value: unknown): Preview {
  const writer = new Writer()
  writer.write(value, 0)
  const { text, isJson } = writer
  const type = isJson ? 'application/json' : 'application/vnd.msgpack'
  return { type, preview: text.slice(0, MOST), cut: text.length > MOST }
}

/** Writes JSON until there is enough of it, and, in the place of what JSON does not hold, what Node shows of it. */
class Writer {
  text = ''
  isJson = true

  get isFull(): boolean {
    return this.text.length > MOST
  }

  write(value: unknown, depth: number): void {
    if (this.isFull) return
    if (Array.isArray(value) && depth < DEEPEST) this.#list(value, depth)
    else if (isPlain(value) && depth < DEEPEST) this.#object(value, depth)
    else this.#leaf(value)
  }

  #list(list: readonly unknown[], depth: number): void {
    this.text += '['
    for (const [index, value] of list.entries()) {
      if (this.isFull) return
      if (index > 0) this.text += ','
      this.write(value, depth + 1)
    }
    this.text += ']'
  }

  #object(object: Readonly<Record<string, unknown>>, depth: number): void {
    this.text += '{'
    let isFirst = true
    for (const name in object) {
      if (this.isFull) return
      this.text += `${isFirst ? '' : ','}${JSON.stringify(name.slice(0, MOST))}:`
      this.write(object[name], depth + 1)
      isFirst = false
    }
    this.text += '}'
  }

  #leaf(value: unknown): void {
    if (typeof value === 'string') {
      this.text += JSON.stringify(value.slice(0, MOST + 1))
    } else if (value === null || typeof value === 'boolean' || Number.isFinite(value)) {
      this.text += String(value)
    } else {
      // what is only too deep JSON may hold
      this.isJson &&= Array.isArray(value) || isPlain(value)
      this.text += inspect(value, { depth: 2, maxArrayLength: 32, maxStringLength: 256 })
    }
  }
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
