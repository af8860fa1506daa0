import { HttpError } from '../errors.js'

export function tooLong(limit: number): HttpError {
  return new HttpError(413, `a body of at most ${limit} bytes is taken`)
}

/** A body that fails with 413 when it has more bytes than allowed. */
export async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncIterable<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > limit) throw tooLong(limit)
    yield chunk
  }
}

export async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
