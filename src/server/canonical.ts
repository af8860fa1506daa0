/**
 * One spelling per path (RFC 3986 section 6.2.2): escapes of unreserved characters are decoded, the hex of others is in
 * upper case. Patterns and targets go through the same function, so that both sides compare bytes.
 */

const SLASH = 0x2f
const HASH = 0x23

/** Undefined: it cannot be a path (a raw byte outside of visible ASCII, `#`, `%00`, a broken escape, a dot segment). */
export function canonicalPath(path: string): string | undefined {
  for (let i = 0; i < path.length; i++) if (!isVisible(path.charCodeAt(i))) return undefined
  return canonicalVisible(path)
}

/** The same for a path that is known to be visible ASCII. */
export function canonicalVisible(path: string): string | undefined {
  if (path.charCodeAt(0) !== SLASH) return undefined
  const canonical = path.includes('%') ? canonicalEscapes(path) : path
  return canonical === undefined || hasDotSegment(canonical) ? undefined : canonical
}

/** Visible ASCII without the `#`, which no request target holds (RFC 9112 section 3.2). */
export function isVisible(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== HASH
}

function canonicalEscapes(path: string): string | undefined {
  let canonical = ''
  let from = 0
  for (let at = path.indexOf('%'); at !== -1; at = path.indexOf('%', from)) {
    const byte = hexOf(path.charCodeAt(at + 1)) * 16 + hexOf(path.charCodeAt(at + 2))
    if (!(byte > 0)) return undefined // NaN: not two hex digits
    canonical += path.slice(from, at)
    canonical += isUnreserved(byte)
      ? String.fromCharCode(byte)
      : path.slice(at, at + 3).toUpperCase()
    from = at + 3
  }
  return canonical + path.slice(from)
}

function hasDotSegment(path: string): boolean {
  for (let at = path.indexOf('/.'); at !== -1; at = path.indexOf('/.', at + 1)) {
    const end = path.charCodeAt(at + 2) === 0x2e ? at + 3 : at + 2
    if (end === path.length || path.charCodeAt(end) === SLASH) return true
  }
  return false
}

function hexOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN
}

/** RFC 3986 section 2.3. */
function isUnreserved(code: number): boolean {
  const lower = code | 0x20
  if (lower >= 0x61 && lower <= 0x7a) return true
  if (code >= 0x30 && code <= 0x39) return true
  return code === 0x2d || code === 0x2e || code === 0x5f || code === 0x7e
}
