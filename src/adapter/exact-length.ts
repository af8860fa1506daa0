/** A body that breaks off where it is not as long as was said: nobody may take it for whole. */
async function* exactly(
  body: AsyncIterable<Uint8Array>,
  announced: number,
): AsyncGenerator<Uint8Array> {
  let left = announced
  for await (const bytes of body) {
    left -= bytes.byteLength
    if (left < 0) break
    yield bytes
  }
  if (left !== 0) throw new Error('a body is not as long as its Content-Length says')
}

/** As it is when it is as long as was said, or nothing was. */
export function inFull(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  announced: number | undefined,
): Uint8Array | AsyncIterable<Uint8Array> {
  if (announced === undefined) return body
  if (!(body instanceof Uint8Array)) return exactly(body, announced)
  return body.byteLength === announced ? body : exactly(one(body), announced)
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}
