import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'
import { dispose } from './dispose.js'
import type { NodeIncoming } from './node-incoming.js'
import { lingering } from './node-linger.js'
import { pump } from './node-pump.js'
import { Reply } from './reply.js'

/** Of the connection, not of the response; and the framing, which the listener alone decides (RFC 9110 section 7.6.1). */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The lengths of these names, a bit each: most others are told apart by it. */
const OUR_LENGTHS = [...OURS].reduce((bits, name) => bits | (1 << name.length), 0)

/** Up to so many bytes a body is sent in one piece with the head: copying is cheaper than a second write. */
const JOINED_BYTES = 16_384

export interface Writing {
  readonly writeTimeout: number
  /** The connection ends with this answer. */
  readonly isLast: boolean
}

/** Writes a response. Throws when its head cannot be written; then nothing was. A body that comes later may still fail. */
export function writeResponse(
  incoming: NodeIncoming,
  response: HttpResponse,
  { writeTimeout, isLast }: Writing,
): Promise<void> | undefined {
  const { status, fields } = response
  if (!(status >= 200 && status <= 599)) throw new RangeError(`status ${status}`)
  const isLeft = isUnread(incoming)
  const head = headFields(fields)
  if (isLast || isLeft) head.push('connection', 'close')
  if (incoming.method === 'HEAD' || isBodiless(status)) return writeHead(incoming, response, head)
  const body = response instanceof Reply ? response.content : response.body
  if (typeof body === 'object' && !(body instanceof Uint8Array)) {
    return writePieces(incoming.res, response, body, { head, writeTimeout })
  }
  head.push('content-length', String(bytesOf(body)))
  incoming.res.writeHead(status, head)
  if (isLeft) return lingering(incoming, body)
  endWith(incoming.res, body)
  watchSlow(incoming.res, writeTimeout)
}

function bytesOf(body: Uint8Array | string | undefined): number {
  if (body === undefined) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

/** RFC 9110 section 6.4.1. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || status === 205
}

/** The head alone, of HEAD with the length that GET would have told. */
function writeHead(
  incoming: NodeIncoming,
  { status, fields, body }: HttpResponse,
  head: string[],
): Promise<void> | undefined {
  dispose(body)
  if (status === 205) head.push('content-length', '0')
  else if (incoming.method === 'HEAD' && status !== 204) {
    const length = body instanceof Uint8Array ? String(body.byteLength) : lengthOf(fields)
    if (length !== undefined) head.push('content-length', length)
  }
  incoming.res.writeHead(status, head)
  if (isUnread(incoming)) return lingering(incoming)
  incoming.res.end()
}

/** A length that was promised is kept: node:http fails on a body of another. */
function writePieces(
  res: ServerResponse,
  { status, fields }: HttpResponse,
  pieces: AsyncIterable<Uint8Array>,
  { head, writeTimeout }: { readonly head: string[]; readonly writeTimeout: number },
): Promise<void> {
  const length = lengthOf(fields)
  if (length !== undefined) {
    head.push('content-length', length)
    res.strictContentLength = true
  }
  const sendHead = (): void => {
    if (!res.headersSent) res.writeHead(status, head)
  }
  return pump(res, pieces, sendHead, writeTimeout)
}

/** Part of the body is still to come, and nobody will read it: more than the parser should swallow. */
function isUnread({ req, length, expectsContinue }: NodeIncoming): boolean {
  if (length === 0 || req.complete) return false
  return expectsContinue || length === undefined || length > JOINED_BYTES
}

function headFields(fields: Fields): string[] {
  const head: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    if (((OUR_LENGTHS >> name.length) & 1) === 0 || !OURS.has(name))
      head.push(name, fields[i + 1] as string)
  }
  return head
}

function lengthOf(fields: Fields): string | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'content-length') return /^\d{1,15}$/.exec(fields[i + 1] as string)?.[0]
  }
  return undefined
}

/** Bytes as Latin-1 text are the same bytes, and node:http writes text together with the head. */
function endWith(res: ServerResponse, body: Uint8Array | string | undefined): void {
  if (typeof body === 'string') res.end(body)
  else if (body === undefined || body.byteLength === 0) res.end()
  else if (body.byteLength > JOINED_BYTES) res.end(body)
  else res.end(latin1(body), 'latin1')
}

function latin1(body: Uint8Array): string {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return bytes.toString('latin1')
}

/** What the kernel did not take at once waits for the client: its socket is watched until then. */
function watchSlow(res: ServerResponse, writeTimeout: number): void {
  const { socket } = res
  if (socket !== null && socket.writableLength > 0) socket.setTimeout(writeTimeout)
}
