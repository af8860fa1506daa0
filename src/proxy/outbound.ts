import { withoutFields } from '../http/fields.js'
import { withoutHopByHop } from '../http/hop-by-hop.js'
import type { ForwardRequest } from './forward-request.js'
import { withForwarding } from './forwarding-fields.js'
import { withOneHopLess } from './max-forwards.js'
import type { OriginSettings } from './origin-settings.js'
import { withVia } from './via.js'

/**
 * A request as the origin gets it: without what ends here (RFC 9110 section 7.6.1), with what it has to be told of its way.
 * Keys and Vary go by this one: the cache sees what the origin sees.
 */
export function outbound(request: ForwardRequest, settings: OriginSettings): ForwardRequest {
  const { client, version = '1.1', authority, body } = request
  const { trusts, name, preserveHost, url } = settings
  const own = { ...request, fields: withoutHopByHop(withOneHopLess(request)) }
  const told = withForwarding(own, client, trusts(client))
  const host = preserveHost ? authority : url.host
  // a length goes with a body only, or the origin waits for one
  const fields = withoutFields(told.fields, body === undefined ? REPLACED : REPLACED_BESIDE_BODY)
  return { ...request, ...told, fields: withVia(['host', host, ...fields], version, name) }
}

/**
 * Expect is answered here: the listener says 100 when the body is read, which is when the origin takes it. Host is ours to say
 * (RFC 9112 section 3.2).
 */
const REPLACED_BESIDE_BODY: ReadonlySet<string> = new Set(['host', 'expect'])
const REPLACED: ReadonlySet<string> = new Set([...REPLACED_BESIDE_BODY, 'content-length'])
