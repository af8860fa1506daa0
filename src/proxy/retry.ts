import type { ForwardRequest } from './forward-request.js'

/** Bytes that had been received on a connection when it failed, by its error. */
export type Received = WeakMap<object, number>

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
])

export interface Failed {
  readonly error: unknown
  /** Some of the answer had come. */
  readonly hasBegun: boolean
}

/**
 * Whether a request may be sent once more by itself (RFC 9110 section 9.2.2): its connection had served others and was closed,
 * by an origin that no longer waited, before a byte of the answer. What has a body cannot be sent twice: it is gone.
 */
export function isRetriable(request: ForwardRequest, failed: Failed, received: Received): boolean {
  if (failed.hasBegun || request.body !== undefined || !IDEMPOTENT.has(request.method)) return false
  const { error } = failed
  return isClosed(error) && receivedBefore(error, received) > 0
}

interface SocketFailure extends Error {
  readonly code: string
  /** As undici describes the socket. */
  readonly socket?: { readonly bytesRead?: number }
}

const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

function isClosed(error: unknown): error is SocketFailure {
  return error instanceof Error && 'code' in error && CLOSED.has(String(error.code))
}

function receivedBefore(error: SocketFailure, received: Received): number {
  return received.get(error) ?? error.socket?.bytesRead ?? 0
}
