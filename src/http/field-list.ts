/**
 * The lexer of list-valued fields (RFC 9110 section 5.6). Every function takes any text, is linear in its length and never
 * throws: what is malformed comes out as more members or as `undefined`, never as fewer.
 */

const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const TAB = 0x09

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Without spaces and tabs at both ends (RFC 9110 section 5.6.3); other white space is no white space here. */
export function trimOws(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isOws(text.charCodeAt(from))) from++
  while (to > from && isOws(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

/**
 * The members of a list (RFC 9110 section 5.6.1) over all its lines, trimmed, without empty ones. A comma within a quoted
 * string does not separate. A quoted string begins a member or follows `=` or `W/`, and ends on its line: any other quote is
 * an ordinary character, so that what an origin forgot to close cannot hide the members behind it.
 */
export function splitList(lines: readonly string[]): string[] {
  const members: string[] = []
  for (const line of lines) splitLine(line, members)
  return members
}

/** What a quoted string means (RFC 9110 section 5.6.4); undefined unless the text is one, from its first character to its last. */
export function unquote(text: string): string | undefined {
  if (text.charCodeAt(0) !== QUOTE || endOfQuoted(text, 0) !== text.length) return undefined
  return text.slice(1, -1).replace(/\\(.)/gs, '$1')
}

function splitLine(line: string, members: string[]): void {
  let start = 0
  let at = 0
  let closes = true
  while (at < line.length) {
    const code = line.charCodeAt(at)
    if (code === QUOTE && closes && opensQuoted(line, start, at)) {
      const end = endOfQuoted(line, at)
      // If this one does not end, none behind it does: looked for once, or a line of quotes would cost its square.
      closes = end !== -1
      at = closes ? end : at + 1
    } else {
      at++
      if (code === COMMA) {
        pushMember(members, line.slice(start, at - 1))
        start = at
      }
    }
  }
  pushMember(members, line.slice(start))
}

function pushMember(members: string[], text: string): void {
  const member = trimOws(text)
  if (member !== '') members.push(member)
}

function opensQuoted(line: string, start: number, at: number): boolean {
  if (line[at - 1] === '=' || line.slice(Math.max(start, at - 2), at) === 'W/') return true
  let before = at - 1
  while (before >= start && isOws(line.charCodeAt(before))) before--
  return before < start
}

/** Where the text goes on behind the quoted string that begins at `at`; -1 if it does not end. */
function endOfQuoted(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) i++
    else if (code === QUOTE) return i + 1
  }
  return -1
}

function isOws(code: number): boolean {
  return code === SPACE || code === TAB
}
