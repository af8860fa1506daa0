import { isVisible } from './canonical.js'
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

/** Where the path of a target ends: at its `?`, or at its end. -1: a character that no target holds. */
export function endOfPath(target: string): number {
  let end = -1
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i)
    if (!isVisible(code)) return -1
    if (code === 0x3f && end === -1) end = i
  }
  return end === -1 ? target.length : end
}
