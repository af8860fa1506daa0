import { ID_WORDS, type Shared, sharedBuffer } from './native-wire.js'

const OUT_BYTES = 262_144

/** Up to so many characters are written one by one: cheaper than a call that leaves JavaScript. */
const SHORT = 48

/** What may stand in a text: by code, for those below 256, and what may not, for long ones. */
export interface Alphabet {
  readonly has: Uint8Array
  readonly other: RegExp
}

const ASCII = alphabetOf(/[\0-\x7f]/, /[^\0-\x7f]/)

export function alphabetOf(one: RegExp, other: RegExp): Alphabet {
  return {
    has: Uint8Array.from({ length: 256 }, (_, code) => +one.test(String.fromCharCode(code))),
    other,
  }
}

/** What Rust is to be told next, record behind record. One that was begun and not ended is not there. */
export class NativeOut {
  #shared: Shared = sharedBuffer(OUT_BYTES)
  #begin = 0
  #at = 0
  readonly #onFilled: () => void

  /** `onFilled` is called behind each record. */
  constructor(onFilled: () => void) {
    this.#onFilled = onFilled
  }

  get bytes(): Buffer {
    return this.#shared.bytes
  }

  /** Of whole records. */
  get length(): number {
    return this.#begin
  }

  /** Where the next byte goes, from the beginning of the record. */
  get written(): number {
    return this.#at - this.#begin
  }

  /** Rust has taken all of it. What was made larger for once is let go. */
  clear(): void {
    this.#begin = 0
    this.#at = 0
    if (this.#shared.bytes.length > OUT_BYTES) this.#shared = sharedBuffer(OUT_BYTES)
  }

  /** A record with so many words, all of which the caller sets but the first. */
  begin(words: number): void {
    this.#at = this.#begin
    this.#reserve(words * 4)
    this.#at += words * 4
  }

  /** A record about a request, with so many words; those of its own are set by the caller. */
  beginFor(kind: number, slot: number, generation: number, words: number = ID_WORDS): void {
    this.begin(words)
    const word = this.#begin >> 2
    const shared = this.#shared.words
    shared[word + 1] = kind
    shared[word + 2] = slot
    shared[word + 3] = generation
  }

  set(word: number, value: number): void {
    this.#shared.words[(this.#begin >> 2) + word] = value
  }

  /** Text whose characters are bytes. Returns whether all are of the alphabet; else nothing is written. */
  latin1(text: string, alphabet: Alphabet): boolean {
    this.#reserve(text.length)
    if (text.length <= SHORT) return this.#short(text, alphabet.has)
    if (alphabet.other.test(text)) return false
    this.#at += this.#shared.bytes.latin1Write(text, this.#at)
    return true
  }

  utf8(text: string): void {
    this.#reserve(text.length * 3)
    if (text.length <= SHORT && this.#short(text, ASCII.has)) return
    this.#at += this.#shared.bytes.utf8Write(text, this.#at)
  }

  byte(code: number): void {
    this.#reserve(1)
    this.#shared.bytes[this.#at++] = code
  }

  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength)
    this.#shared.bytes.set(bytes, this.#at)
    this.#at += bytes.byteLength
  }

  /** Up to the next word. What is between is never looked at. */
  align(): void {
    const at = (this.#at + 3) & ~3
    this.#reserve(at - this.#at)
    this.#at = at
  }

  end(): void {
    this.align()
    this.#shared.words[this.#begin >> 2] = this.#at - this.#begin
    this.#begin = this.#at
    this.#onFilled()
  }

  #short(text: string, has: Uint8Array): boolean {
    const at = this.#at
    const { bytes } = this.#shared
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (has[code] !== 1) return false
      bytes[at + i] = code
    }
    this.#at = at + text.length
    return true
  }

  #reserve(more: number): void {
    const { bytes } = this.#shared
    const needed = this.#at + more
    if (needed <= bytes.length) return
    const larger = sharedBuffer(Math.max(bytes.length * 2, (needed + 3) & ~3))
    bytes.copy(larger.bytes, 0, 0, this.#at)
    this.#shared = larger
  }
}
