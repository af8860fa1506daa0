/** One answer of HTTP/1.1. */
export interface Answer {
  readonly head: string
  readonly body: Buffer
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/**
 * Reads the answers of a connection with one request at a time: whatever comes belongs to the one that is due. It looks at
 * no more of them than it needs to know where they end, since it must cost less than the servers it measures.
 */
export class AnswerReader {
  #pending: Buffer | undefined
  #whole: Buffer | undefined
  #headEnd = -1

  /** Whether the answer is there in whole. */
  take(chunk: Buffer): boolean {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk])
    this.#headEnd = bytes.indexOf(HEAD_END)
    const isWhole = this.#headEnd !== -1 && isComplete(bytes, this.#headEnd)
    this.#pending = isWhole ? undefined : bytes
    this.#whole = isWhole ? bytes : undefined
    return isWhole
  }

  /** Of the answer that `take` has just completed. */
  get isOk(): boolean {
    // "HTTP/1.1 200": every server here is one of HTTP/1.1
    const bytes = this.#whole
    return bytes?.[9] === 0x32 && bytes[10] === 0x30 && bytes[11] === 0x30
  }

  /** The answer that `take` has just completed. A body in chunks is given as it came. */
  get answer(): Answer {
    const bytes = this.#whole ?? Buffer.alloc(0)
    return {
      head: bytes.toString('latin1', 0, this.#headEnd),
      body: bytes.subarray(this.#headEnd + HEAD_END.length),
    }
  }
}

function isComplete(bytes: Buffer, headEnd: number): boolean {
  const length = lengthIn(bytes.toString('latin1', 0, headEnd))
  if (length === undefined) return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
  const whole = headEnd + HEAD_END.length + length
  if (bytes.length > whole) throw new Error('more than one answer came to one request')
  return bytes.length === whole
}

/** Undefined: in chunks. */
function lengthIn(head: string): number | undefined {
  const match = /\r\ncontent-length: ?(\d+)/i.exec(head)
  return match === null ? undefined : Number(match[1])
}
