import { HttpError } from '../errors.js'
import { tooLong } from './body-limit.js'

interface Waiting {
  readonly resolve: (piece: Uint8Array | undefined) => void
  readonly reject: (error: unknown) => void
}

/** The body of a request, which is asked for piece by piece: a client is read no faster than its body is. */
export class NativeBody {
  readonly #pull: () => void
  #waiting: Waiting | undefined
  /** Why nothing more comes. */
  #end: HttpError | 'ended' | undefined

  constructor(pull: () => void) {
    this.#pull = pull
  }

  /** All of it. Rejects with 413 when it is longer than the limit: no more of it is read then. */
  async bytes(limit: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const piece of this.pieces(limit)) pieces.push(piece)
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces)
  }

  async *pieces(limit: number): AsyncIterable<Uint8Array> {
    let bytes = 0
    for (;;) {
      const piece = await this.#next()
      if (piece === undefined) return
      bytes += piece.byteLength
      if (bytes > limit) throw tooLong(limit)
      yield piece
    }
  }

  came(piece: Uint8Array): void {
    this.#waiting?.resolve(piece)
    this.#waiting = undefined
  }

  ended(): void {
    this.#end ??= 'ended'
    this.#waiting?.resolve(undefined)
    this.#waiting = undefined
  }

  /** It stopped coming, was broken, or nobody is there any more that it would come from. */
  failed(status: number): void {
    const message = status === 408 ? 'the body does not come' : 'the body breaks off'
    this.#end ??= new HttpError(status, message)
    if (this.#end !== 'ended') this.#waiting?.reject(this.#end)
    this.#waiting = undefined
  }

  #next(): Promise<Uint8Array | undefined> {
    if (this.#end === 'ended') return Promise.resolve(undefined)
    if (this.#end !== undefined) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#pull()
    })
  }
}

/** A body that came with the head. */
export async function* wholeBody(body: Uint8Array, limit: number): AsyncIterable<Uint8Array> {
  if (body.byteLength > limit) throw tooLong(limit)
  if (body.byteLength > 0) yield body
}
