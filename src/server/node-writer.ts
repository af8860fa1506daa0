import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'
import { Hit } from '../http/present.js'
import { dispose } from './dispose.js'
import type { NodeIncoming } from './node-incoming.js'
import { lingering } from './node-linger.js'
import { pump } from './node-pump.js'
import { addTrailers, takesTrailers } from './node-trailers.js'
import { watchSlow } from './node-slow.js'
import { isBodiless, isOurs, promisedLength } from './own-fields.js'
import { Reply } from './reply.js'

/** Up to so many bytes a body is sent in one piece with the head: copying is cheaper than a second write. */
const JOINED_BYTES = 16_384

/** Writes a response. Throws when its head cannot be written; then nothing was. A body that comes later may still fail. */
export function writeResponse(
  incoming: NodeIncoming,
  response: HttpResponse,
  writeTimeout: number,
): Promise<void> | undefined {
  const { status, fields } = response
  assertStatus(status)
  const isLeft = isUnread(incoming)
  if (isLeft) incoming.isLast = true
  if (response instanceof Hit && !incoming.isLast && !isBodiless(status))
    return writeHit(incoming.res, response, writeTimeout)
  const head = headFields(fields)
  if (incoming.isLast) head.push('connection', 'close')
  if (incoming.method === 'HEAD' || isBodiless(status)) return writeHead(incoming, response, head)
  const body = response instanceof Reply ? response.content : response.body
  if (typeof body === 'object' && !(body instanceof Uint8Array)) {
    return writePieces(incoming, response, body, { head, writeTimeout })
  }
  head.push('content-length', String(bytesOf(body)))
  incoming.res.writeHead(status, head)
  if (isLeft) return lingering(incoming, body)
  endWith(incoming.res, body)
  watchSlow(incoming.res, writeTimeout)
}

function assertStatus(status: number): void {
  if (!(status >= 200 && status <= 599)) throw new RangeError(`status ${status}`)
}

/** Heads of hits, which are the same for a second. */
const hitHeads = new WeakMap<Hit, string[]>()

function writeHit(res: ServerResponse, hit: Hit, writeTimeout: number): undefined {
  let head = hitHeads.get(hit)
  if (head === undefined) {
    head = [...headFields(hit.fields), 'content-length', String(hit.body.byteLength)]
    hitHeads.set(hit, head)
  }
  res.writeHead(hit.status, head)
  endWith(res, hit.body)
  watchSlow(res, writeTimeout)
}

function bytesOf(body: Uint8Array | string | undefined): number {
  if (body === undefined) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
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
    const length = body instanceof Uint8Array ? String(body.byteLength) : promisedLength(fields)
    if (length !== undefined) head.push('content-length', length)
  }
  incoming.res.writeHead(status, head)
  if (isUnread(incoming)) return lingering(incoming)
  incoming.res.end()
}

/** A length that was promised is kept: node:http fails on a body of another. */
function writePieces(
  incoming: NodeIncoming,
  { status, fields, trailers }: HttpResponse,
  pieces: AsyncIterable<Uint8Array>,
  { head, writeTimeout }: { readonly head: string[]; readonly writeTimeout: number },
): Promise<void> {
  const { res } = incoming
  const length = promisedLength(fields)
  if (length !== undefined) {
    head.push('content-length', length)
    res.strictContentLength = true
  }
  const sendHead = (): void => {
    if (!res.headersSent) res.writeHead(status, head)
  }
  const hasTrailers = trailers !== undefined && length === undefined && takesTrailers(incoming)
  const sendTrailers = hasTrailers ? () => addTrailers(res, trailers()) : undefined
  return pump(res, pieces, { sendHead, sendTrailers, writeTimeout })
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
    if (!isOurs(name)) head.push(name, fields[i + 1] as string)
  }
  return head
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
