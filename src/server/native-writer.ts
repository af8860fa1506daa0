import type { Fields } from '../http/fields.js'
import type { HttpBody, HttpResponse } from '../http/message.js'
import { dispose } from './dispose.js'
import { writeFields } from './native-fields.js'
import type { NativeIncoming } from './native-incoming.js'
import type { NativeOut } from './native-out.js'
import type { NativeRequest } from './native-request.js'
import { NativeStream } from './native-stream.js'
import { ANSWER_FLAG, HIT_FOR_MISS, NOBODY, TOLD, UNKNOWN } from './native-wire.js'
import { takesTrailers } from './node-trailers.js'
import { isBodiless, promisedLength } from './own-fields.js'
import { Reply } from './reply.js'

/** Words of a whole answer before its head. */
const WORDS = 9

/** A longer body is sent in parts, as one that comes: of each client no more than that is copied at a time. */
const WHOLE_BYTES = 1_048_576

/** Writes what Rust is told. */
export class NativeWriter {
  readonly #out: NativeOut

  constructor(out: NativeOut) {
    this.#out = out
  }

  /**
   * A response. Throws when its head cannot be written: nothing was then. Returns what has to be sent piece by piece, if it
   * has to.
   */
  answer(
    incoming: NativeIncoming,
    response: HttpResponse,
    closes: boolean,
  ): NativeStream | undefined {
    const { status } = response
    if (!(status >= 200 && status <= 599)) throw new RangeError(`status ${status}`)
    const isBare = incoming.method === 'HEAD' || isBodiless(status)
    if (isBare) return this.#bare(incoming, response, closes)
    const body = contentOf(response)
    if (body === undefined || typeof body === 'string') {
      return this.#whole(incoming, response, closes, body)
    }
    if (!(body instanceof Uint8Array)) return this.#stream(incoming, response, closes, body)
    if (body.byteLength < WHOLE_BYTES) return this.#whole(incoming, response, closes, body)
    const length = body.byteLength
    return new NativeStream({ out: this.#out, incoming, response, closes, length }, single(body))
  }

  /** One more piece of the body is wanted. */
  pull({ slot, generation }: NativeRequest): void {
    this.#out.beginFor(TOLD.bodyPull, slot, generation)
    this.#out.end()
  }

  /** An answer of 1xx. One that cannot be written is left out: it is a hint, and the final answer has it as well. */
  inform({ slot, generation }: NativeRequest, status: number, fields: Fields): void {
    const out = this.#out
    if (!(status >= 102 && status <= 199)) return
    out.beginFor(TOLD.inform, slot, generation, 6)
    try {
      writeFields(out, fields)
    } catch {
      return
    }
    out.set(4, status)
    out.set(5, out.written - 24)
    out.end()
  }

  endFill(token: number, isHitForMiss: boolean): void {
    const kind = TOLD.fillEnd | (isHitForMiss ? HIT_FOR_MISS << 8 : 0)
    this.#out.beginFor(kind, NOBODY, 0, 5)
    this.#out.set(4, token)
    this.#out.end()
  }

  #whole(
    { slot, generation }: NativeIncoming,
    { status, fields }: HttpResponse,
    closes: boolean,
    body: Uint8Array | string | undefined,
  ): undefined {
    const out = this.#out
    out.beginFor(TOLD.respond, slot, generation, WORDS)
    const hasDate = writeFields(out, fields)
    out.set(1, TOLD.respond | (flagsOf(closes, hasDate) << 8))
    out.set(4, status)
    out.set(5, out.written - WORDS * 4)
    out.set(7, 0)
    out.set(8, 0)
    out.align()
    const at = out.written
    if (typeof body === 'string') out.utf8(body)
    else if (body !== undefined) out.copy(body)
    out.set(6, out.written - at)
    out.end()
  }

  /** The head alone, of HEAD with the length that GET would have told. */
  #bare(
    { slot, generation, method }: NativeIncoming,
    response: HttpResponse,
    closes: boolean,
  ): undefined {
    const out = this.#out
    const { status, fields, body } = response
    const length = bareLength(method, response)
    out.beginFor(TOLD.respond, slot, generation, WORDS)
    const flags = flagsOf(closes, writeFields(out, fields)) | ANSWER_FLAG.isBodiless
    out.set(1, TOLD.respond | (flags << 8))
    out.set(4, status)
    out.set(5, out.written - WORDS * 4)
    out.set(6, 0)
    out.set(7, length === undefined ? UNKNOWN : length >>> 0)
    out.set(8, length === undefined ? UNKNOWN : Math.floor(length / 2 ** 32))
    out.end()
    dispose(body)
  }

  /** A length that was promised is kept. */
  #stream(
    incoming: NativeIncoming,
    response: HttpResponse,
    closes: boolean,
    body: AsyncIterable<Uint8Array>,
  ): NativeStream {
    const promised = promisedLength(response.fields)
    const length = promised === undefined ? undefined : Number(promised)
    const hasTrailers = length === undefined && takesTrailers(incoming)
    const trailers = hasTrailers ? response.trailers : undefined
    const parts = { out: this.#out, incoming, response, closes, length, trailers }
    return new NativeStream(parts, body)
  }
}

function contentOf(response: HttpResponse): HttpBody | string {
  const body = response instanceof Reply ? response.content : response.body
  // a character has up to three bytes
  return typeof body === 'string' && body.length * 3 > WHOLE_BYTES ? Buffer.from(body) : body
}

function flagsOf(closes: boolean, hasDate: boolean): number {
  return (closes ? ANSWER_FLAG.closes : 0) | (hasDate ? ANSWER_FLAG.hasDate : 0)
}

function bareLength(method: string, { status, fields, body }: HttpResponse): number | undefined {
  if (status === 205) return 0
  if (method !== 'HEAD' || status === 204) return undefined
  if (body instanceof Uint8Array) return body.byteLength
  const promised = promisedLength(fields)
  return promised === undefined ? undefined : Number(promised)
}

async function* single(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
