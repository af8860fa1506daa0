/** The cookies of a request by name; of two with one name the first, which is the more specific (RFC 6265 section 5.4). */
export function cookiesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const line of lines) {
    for (const pair of line.split(';')) {
      const at = pair.indexOf('=')
      if (at === -1) continue
      const name = pair.slice(0, at).trim()
      if (name !== '' && !cookies.has(name)) cookies.set(name, valueOf(pair.slice(at + 1).trim()))
    }
  }
  return cookies
}

function valueOf(raw: string): string {
  const text = raw.length > 1 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
