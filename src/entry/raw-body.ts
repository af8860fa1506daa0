/**
 * A value that is kept as the bytes it is (body kind 1): nothing is encoded or decoded on its way to a tier. Whoever makes
 * one gives the bytes away: they are shared by every reader and must never change.
 */
export class RawBody {
  readonly contentType: string
  readonly bytes: Uint8Array

  constructor(contentType: string, bytes: Uint8Array) {
    this.contentType = contentType
    this.bytes = bytes
    Object.freeze(this)
  }
}
