import { type Fields, linesOf, valueOf, withField } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import { resolveReference } from '../http/reference.js'
import { forwardedElement, forwardedValue } from './forwarded-pairs.js'

/**
 * A request with what it tells the origin of its way here. Believed fields of proxies in front are added to, and what they
 * say of scheme and host is what the request is for, so that stored responses are told apart by it. Other clients' fields
 * are replaced: whoever reads them must not be told anything by a stranger.
 */
export function withForwarding(
  request: HttpRequest,
  client: string | undefined,
  isTrusted: boolean,
): HttpRequest {
  const { scheme, authority } = request
  const address = client === undefined ? undefined : plainAddress(client)
  const element = forwardedElement(address, authority, scheme)
  if (!isTrusted) {
    const told = ['x-forwarded-proto', scheme, 'x-forwarded-host', authority, 'forwarded', element]
    if (address !== undefined) told.push('x-forwarded-for', address)
    return { ...request, fields: [...withoutClaims(request.fields), ...told] }
  }
  const claimed = claimOf(request)
  const added = appended(appended(request.fields, 'forwarded', element), 'x-forwarded-for', address)
  const withProto = withField(added, 'x-forwarded-proto', claimed.scheme)
  return {
    ...request,
    ...claimed,
    fields: withField(withProto, 'x-forwarded-host', claimed.authority),
  }
}

/** What the proxy in front says the client asked for; as the request says where it says nothing. */
function claimOf({
  fields,
  scheme,
  authority,
}: HttpRequest): Pick<HttpRequest, 'scheme' | 'authority'> {
  const proto = (
    firstOf(fields, 'x-forwarded-proto') ??
    forwardedValue(fields, 'proto') ??
    ''
  ).toLowerCase()
  const claimed = proto === 'http' || proto === 'https' ? proto : scheme
  const host = firstOf(fields, 'x-forwarded-host') ?? forwardedValue(fields, 'host')
  return { scheme: claimed, authority: authorityIn(host, claimed) ?? authority }
}

/** In lower case, without the scheme's own port. */
function authorityIn(host: string | undefined, scheme: 'http' | 'https'): string | undefined {
  if (host === undefined || !/^[\w.:[\]~-]{1,255}$/.test(host)) return undefined
  return resolveReference(`//${host}`, { scheme, authority: '', target: '/' })?.authority
}

/** Proxies that add to a list add at its end: the first is the client's own. */
function firstOf(fields: Fields, name: string): string | undefined {
  const first = valueOf(fields, name)?.split(',', 1)[0]?.trim()
  return first === '' ? undefined : first
}

function appended(fields: Fields, name: string, value: string | undefined): Fields {
  const members = [...linesOf(fields, name).filter((line) => line.trim() !== ''), value]
  const told = members.filter((member) => member !== undefined)
  return told.length === 0 ? fields : withField(fields, name, told.join(', '))
}

function withoutClaims(fields: Fields): Fields {
  const kept: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const isClaim = name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded-')
    if (!isClaim) kept.push(name, fields[i + 1] as string)
  }
  return kept
}

/** An address of IPv4 that came in on a socket of IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
