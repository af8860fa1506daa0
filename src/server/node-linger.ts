import type { NodeIncoming } from './node-incoming.js'

/** What a client may still send after it was answered, and for how many milliseconds. */
const LINGER_BYTES = 2 ** 20
const LINGER_TIME = 2_000

/**
 * Answers a request of which part is still to come, then closes. What comes is thrown away for a while: closing at once
 * would make the kernel reset the connection, and the client lose the answer it has not read yet (RFC 9112 section 9.6).
 */
export function lingering({ req, res }: NodeIncoming, body?: Uint8Array | string): Promise<void> {
  if (body !== undefined && body.length > 0) res.write(body)
  else res.flushHeaders()
  return new Promise((resolve) => {
    let bytes = 0
    const end = (): void => {
      clearTimeout(timer)
      req.off('data', count).off('end', end).off('close', end)
      res.end()
      resolve()
    }
    const count = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength
      if (bytes > LINGER_BYTES) end()
    }
    const timer = setTimeout(end, LINGER_TIME)
    req.on('data', count).on('end', end).on('close', end)
    req.resume()
  })
}
