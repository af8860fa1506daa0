/** Something a body comes from, piece by piece. Text is sent as UTF-8. */
export type BodySource = AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array | string>

/** The pieces as bytes. A WHATWG stream is cancelled as soon as nobody wants more, also while it is being waited for. */
export function piecesOf(source: BodySource): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      const inner = 'getReader' in source ? readerOf(source) : source[Symbol.asyncIterator]()
      return {
        next: async () => {
          const result = await inner.next()
          return result.done === true ? END : { done: false, value: bytesOf(result.value) }
        },
        return: async () => {
          await inner.return?.()
          return END
        },
      }
    },
  }
}

const END = { done: true, value: undefined } as const

function readerOf(stream: ReadableStream<Uint8Array | string>): AsyncIterator<Uint8Array | string> {
  const reader = stream.getReader()
  return {
    next: async () => {
      const { done, value } = await reader.read()
      return done ? END : { done, value }
    },
    return: async () => {
      await reader.cancel()
      return END
    },
  }
}

function bytesOf(piece: unknown): Uint8Array {
  if (typeof piece === 'string') return Buffer.from(piece)
  if (piece instanceof Uint8Array) return piece
  throw new TypeError('a body is made of Uint8Arrays and strings')
}
