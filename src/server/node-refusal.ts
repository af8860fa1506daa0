import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problem } from './problem.js'

/** An error of the parser, or of the time a request may take. */
export interface ClientError extends Error {
  readonly code?: string
  /** What was being parsed, and how far. */
  readonly rawPacket?: Uint8Array
  readonly bytesParsed?: number
}

/** A request line whose method the parser does not know. */
const UNKNOWN_METHOD = /^[!#$%&'*+.^`|~\w-]{1,64} [^\0-\x20]{1,8192}(?: |$)/

/** A request line of a version that is none of ours. */
const OTHER_VERSION = /^[^ ]{1,64} [^ ]{1,8192} HTTP\/(?!1\.[01])\d\.\d(?:\r|$)/

/** Milliseconds a client has to take the refusal; what it still sends is thrown away. */
const LINGER_TIME = 1_000

/** The status of what the parser refused. */
export function statusOf({ code, rawPacket, bytesParsed = 0 }: ClientError): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (rawPacket === undefined) return 400
  const packet = Buffer.from(rawPacket.buffer, rawPacket.byteOffset, rawPacket.byteLength)
  // counted from the end where it is negative
  const begin = bytesParsed === 0 ? 0 : packet.lastIndexOf('\n', bytesParsed - 1) + 1
  const line = packet.toString('latin1', begin, begin + 8_320)
  if (code === 'HPE_INVALID_VERSION') return OTHER_VERSION.test(line) ? 505 : 400
  return code === 'HPE_INVALID_METHOD' && UNKNOWN_METHOD.test(line) ? 501 : 400
}

/** A whole answer, on a connection that has no response object; it ends with it. */
export function refuse(socket: Socket, status: number, allow?: string): void {
  const body = problem(status).body as Buffer
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `date: ${new Date().toUTCString()}`,
    'content-type: application/problem+json',
    `content-length: ${body.byteLength}`,
    ...(allow === undefined ? [] : [`allow: ${allow}`]),
    'connection: close',
  ].join('\r\n')
  const timer = setTimeout(() => socket.destroy(), LINGER_TIME)
  socket.once('close', () => clearTimeout(timer))
  socket.on('error', () => socket.destroy())
  socket.end(`${head}\r\n\r\n${body.toString('latin1')}`, 'latin1')
  socket.resume()
}
