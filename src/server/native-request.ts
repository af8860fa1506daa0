import type { Fields } from '../http/fields.js'
import {
  longOf,
  METHOD_NAMES,
  REQUEST_FLAG,
  REQUEST_WORD,
  REQUEST_WORDS,
  type Shared,
  WireError,
} from './native-wire.js'

/**
 * A request as its record has it. The text is taken out of the buffer at once and in one piece, which costs a call; what is
 * asked for is cut out of it then.
 */
export class NativeRequest {
  readonly slot: number
  readonly generation: number
  readonly flags: number
  /** 0: there is none. */
  readonly fillToken: number
  readonly method: string
  /** Of the body; undefined: it is chunked, and not here yet. */
  readonly length: number | undefined
  /** All of the body, where it came with the head. */
  readonly body: Uint8Array | undefined
  readonly #text: string
  readonly #methodEnd: number
  readonly #authorityEnd: number
  readonly #targetEnd: number
  readonly #pathEnd: number
  readonly #clientEnd: number
  #fields: Fields | undefined

  /** Throws `WireError` where the parts are longer than the record, which begins at `at` and has so many bytes. */
  constructor({ bytes, words }: Shared, at: number, length: number) {
    const word = at >> 2
    const ranges = partOf(words, word, length, REQUEST_WORD.ranges)
    const textAt = REQUEST_WORDS * 4 + ranges * 8
    this.#methodEnd = partOf(words, word, length, REQUEST_WORD.methodBytes)
    this.#authorityEnd = this.#methodEnd + partOf(words, word, length, REQUEST_WORD.authorityBytes)
    this.#targetEnd = this.#authorityEnd + partOf(words, word, length, REQUEST_WORD.targetBytes)
    this.#pathEnd = this.#targetEnd + partOf(words, word, length, REQUEST_WORD.pathBytes)
    this.#clientEnd = this.#pathEnd + partOf(words, word, length, REQUEST_WORD.clientBytes)
    const textBytes = this.#clientEnd + partOf(words, word, length, REQUEST_WORD.fieldBytes)
    const bodyAt = (textAt + textBytes + 3) & ~3
    const bodyBytes = partOf(words, word, length, REQUEST_WORD.bodyBytes)
    if (bodyAt + bodyBytes > length) throw new WireError('a request longer than its record')
    this.flags = (words[word + 1] as number) >>> 8
    this.slot = words[word + 2] as number
    this.generation = words[word + 3] as number
    this.fillToken = words[word + REQUEST_WORD.fill] as number
    this.#text = bytes.latin1Slice(at + textAt, at + textAt + textBytes)
    this.method =
      METHOD_NAMES[words[word + REQUEST_WORD.method] as number] ||
      this.#text.slice(0, this.#methodEnd)
    if ((this.flags & REQUEST_FLAG.hasBody) === 0) {
      const low = words[word + REQUEST_WORD.length] as number
      this.length = longOf(low, words[word + REQUEST_WORD.length + 1] as number)
    } else {
      // other records will be where it is
      this.body = Buffer.from(bytes.subarray(at + bodyAt, at + bodyAt + bodyBytes))
      this.length = bodyBytes
    }
  }

  get authority(): string {
    return this.#text.slice(this.#methodEnd, this.#authorityEnd)
  }

  /** As sent. */
  get target(): string {
    return this.#text.slice(this.#authorityEnd, this.#targetEnd)
  }

  /** In its one spelling, where that is another. */
  get path(): string {
    if ((this.flags & REQUEST_FLAG.hasPath) !== 0)
      return this.#text.slice(this.#targetEnd, this.#pathEnd)
    const mark = this.#mark
    return this.#text.slice(this.#authorityEnd, mark === -1 ? this.#targetEnd : mark)
  }

  /** As sent, without the `?`. */
  get query(): string {
    const mark = this.#mark
    return mark === -1 ? '' : this.#text.slice(mark + 1, this.#targetEnd)
  }

  get client(): string {
    return this.#text.slice(this.#pathEnd, this.#clientEnd)
  }

  get fields(): Fields {
    return (this.#fields ??=
      this.#clientEnd === this.#text.length ? [] : this.#text.slice(this.#clientEnd).split('\0'))
  }

  get #mark(): number {
    const mark = this.#text.indexOf('?', this.#authorityEnd)
    return mark < this.#targetEnd ? mark : -1
  }
}

/** No part is longer than the whole: their sum is then one that a number holds exactly. */
function partOf(words: Uint32Array, word: number, length: number, which: number): number {
  const part = words[word + which] as number
  if (part > length) throw new WireError('a request longer than its record')
  return part
}
