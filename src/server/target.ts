import { authorityOf } from './authority.js'

/**
 * A request target in origin-form, `undefined` for one that may not be: `/path?query` as it is, of `http://host/path` the
 * part behind the authority, which must be that of the Host field (RFC 9112 section 3.2.2). `*` stays.
 */
export function originForm(target: string, authority: string): string | undefined {
  if (target.charCodeAt(0) === 0x2f || target === '*') return target
  const match = /^(https?):\/\/([^/?#]*)/i.exec(target)
  if (match === null) return undefined
  const [whole, scheme = '', host = ''] = match
  if (authorityOf(host, scheme.toLowerCase() === 'https' ? 'https' : 'http') !== authority) {
    return undefined
  }
  const rest = target.slice(whole.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}
