import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { problem } from './problem.js'

/** An error of the parser or of the time a request may take. */
export interface ClientError extends Error {
  readonly code?: string
  readonly rawPacket?: Uint8Array
  readonly bytesParsed?: number
}

/** A method that the parser does not know, in a request line that is one. */
const UNKNOWN_METHOD = /^[!#$%&'*+.^`|~\w-]{1,64} [^\0-\x20]{1,8192}(?: |$)/

/** The status of what the parser refused. */
export function statusOf({ code, rawPacket }: ClientError): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'HPE_INVALID_VERSION') return 505
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined) return 400
  const { buffer, byteOffset, byteLength } = rawPacket
  const begin = Buffer.from(buffer, byteOffset, Math.min(byteLength, 8_320)).toString('latin1')
  return UNKNOWN_METHOD.test(begin) ? 501 : 400
}

/** A whole answer, for a connection that has no response object; it ends with it. */
export function refuse(socket: Socket, status: number, allow?: string): void {
  const body = problem(status).body as Uint8Array
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `date: ${new Date().toUTCString()}`,
    'content-type: application/problem+json',
    `content-length: ${body.byteLength}`,
    ...(allow === undefined ? [] : [`allow: ${allow}`]),
    'connection: close',
  ].join('\r\n')
  socket.end(`${head}\r\n\r\n${Buffer.from(body).toString('latin1')}`, 'latin1')
  socket.destroySoon()
}
