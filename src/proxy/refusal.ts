import type { HttpResponse } from '../http/message.js'
import type { ForwardRequest } from './forward-request.js'
import { isLastHop } from './max-forwards.js'
import type { OriginServer } from './origin-server.js'

/** Methods of RFC 9110 and 5789 that go on; others do as well, but who asks is told these. */
const ALLOW = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT'

/** A tunnel, and an echo of what was added on the way (RFC 9110 sections 9.3.6 and 9.3.8). */
const REFUSED: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/** The answer to a request that is not forwarded; undefined: it is. */
export function refusal(request: ForwardRequest, origin: OriginServer): HttpResponse | undefined {
  const { method, target } = request
  if (REFUSED.has(method)) return bare(405, ['allow', ALLOW])
  if (origin.isLoop(request)) return bare(508)
  // what is asked of the server as a whole, and what goes no further, is for us (RFC 9110 sections 9.3.7 and 7.6.2)
  if (method === 'OPTIONS' && (target === '*' || isLastHop(request))) return ours()
  return target.startsWith('/') ? undefined : bare(400)
}

function ours(): HttpResponse {
  return { status: 204, fields: ['allow', ALLOW], body: undefined }
}

function bare(status: number, fields: readonly string[] = []): HttpResponse {
  return { status, fields: [...fields, 'content-length', '0'], body: undefined }
}
