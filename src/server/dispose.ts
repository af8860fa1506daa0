import type { HttpBody } from '../http/message.js'

/** Lets the source of a body that nobody will read know it. */
export function dispose(body: HttpBody): void {
  if (body === undefined || body instanceof Uint8Array) return
  void ended(body[Symbol.asyncIterator]())
}

/** Ends a source early. Never rejects: nobody is left to care for its error. */
export async function ended(source: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await source.return?.()
  } catch {
    // see above
  }
}
