/** Writes fields one after another into a buffer of exactly the size they need. */
export class ByteWriter {
  readonly bytes: Buffer
  #at = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  skip(count: number): void {
    this.#at += count
  }

  uint8(value: number): void {
    this.#at = this.bytes.writeUInt8(value, this.#at)
  }

  uint16(value: number): void {
    this.#at = this.bytes.writeUInt16BE(value, this.#at)
  }

  double(value: number): void {
    this.#at = this.bytes.writeDoubleBE(value, this.#at)
  }

  ascii(text: string): void {
    this.#at += this.bytes.write(text, this.#at, 'latin1')
  }

  /** UTF-8 behind a length of two bytes; throws RangeError for more than 65,535. */
  text16(text: string): void {
    const written = this.bytes.write(text, this.#at + 2)
    this.bytes.writeUInt16BE(written, this.#at)
    this.#at += 2 + written
  }

  /** UTF-8 behind a length of four bytes. */
  text32(text: string): void {
    const written = this.bytes.write(text, this.#at + 4)
    this.bytes.writeUInt32BE(written, this.#at)
    this.#at += 4 + written
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at)
    this.#at += bytes.byteLength
  }
}

/**
 * Reads fields one after another. Never throws: what would end behind the buffer gives zero or nothing and sets `failed`,
 * which the caller asks once at the end.
 */
export class ByteReader {
  failed = false
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  uint8(): number {
    const at = this.#take(1)
    return this.failed ? 0 : this.#bytes.readUInt8(at)
  }

  uint16(): number {
    const at = this.#take(2)
    return this.failed ? 0 : this.#bytes.readUInt16BE(at)
  }

  double(): number {
    const at = this.#take(8)
    return this.failed ? 0 : this.#bytes.readDoubleBE(at)
  }

  ascii(length: number): string {
    const at = this.#take(length)
    return this.failed ? '' : this.#bytes.toString('latin1', at, at + length)
  }

  text16(): string {
    return this.#text(this.uint16())
  }

  text32(): string {
    const at = this.#take(4)
    return this.failed ? '' : this.#text(this.#bytes.readUInt32BE(at))
  }

  /** All that is left, as a view. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  #text(length: number): string {
    if (length === 0) return ''
    const at = this.#take(length)
    return this.failed ? '' : this.#bytes.toString('utf8', at, at + length)
  }

  /** Where the field begins. */
  #take(length: number): number {
    const at = this.#at
    if (length > this.#bytes.length - at) this.failed = true
    else this.#at = at + length
    return at
  }
}
