import {
  type BareItem,
  isAtEnd,
  readBareItem,
  type Reader,
  readKey,
  skipOws,
  skipParameters,
  skipSpaces,
  skipText,
} from './structured-item.js'

/** A member of a list or dictionary without its parameters: an item, or an inner list of items. */
export type Member = BareItem | readonly BareItem[]

/**
 * A Dictionary (RFC 9651 section 4.2.2) over all lines of a field. Of a key that is there twice the last value counts.
 * Undefined: invalid, by which the field is to be ignored as a whole.
 */
export function parseDictionary(lines: readonly string[]): ReadonlyMap<string, Member> | undefined {
  const members = new Map<string, Member>()
  const complete = readMembers(lines, (reader) => {
    const key = readKey(reader)
    if (key === undefined) return false
    const member = skipText(reader, '=') ? readMember(reader) : readTrue(reader)
    if (member === undefined) return false
    members.set(key, member)
    return true
  })
  return complete ? members : undefined
}

/** A List whose members are all Strings (RFC 9651 sections 4.2.1 and 3.3.3). Undefined: invalid, or no such list. */
export function parseStringList(lines: readonly string[]): readonly string[] | undefined {
  const strings: string[] = []
  const complete = readMembers(lines, (reader) => {
    const item = readBareItem(reader)
    if (item?.type !== 'string' || !skipParameters(reader)) return false
    strings.push(item.value)
    return true
  })
  return complete ? strings : undefined
}

/** What lists and dictionaries share: members between commas, none missing. Whether all of the text could be read. */
function readMembers(lines: readonly string[], read: (reader: Reader) => boolean): boolean {
  const reader: Reader = { text: lines.join(', '), at: 0 }
  skipSpaces(reader)
  if (isAtEnd(reader)) return true
  for (;;) {
    if (!read(reader)) return false
    skipOws(reader)
    if (isAtEnd(reader)) return true
    if (!skipText(reader, ',')) return false
    skipOws(reader)
  }
}

function readMember(reader: Reader): Member | undefined {
  const member = skipText(reader, '(') ? readInnerList(reader) : readBareItem(reader)
  return member !== undefined && skipParameters(reader) ? member : undefined
}

function readTrue(reader: Reader): Member | undefined {
  return skipParameters(reader) ? { type: 'boolean', value: true } : undefined
}

/** RFC 9651 section 4.2.1.2, behind the opening parenthesis. */
function readInnerList(reader: Reader): readonly BareItem[] | undefined {
  const items: BareItem[] = []
  for (;;) {
    skipSpaces(reader)
    if (skipText(reader, ')')) return items
    const item = readBareItem(reader)
    if (item === undefined || !skipParameters(reader)) return undefined
    items.push(item)
    if (!/[ )]/.test(reader.text[reader.at] ?? '')) return undefined
  }
}
