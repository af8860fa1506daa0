import type { Fields } from '../http/fields.js'
import { type Alphabet, alphabetOf, type NativeOut } from './native-out.js'
import { isOurs } from './own-fields.js'

const NAME: Alphabet = alphabetOf(/[\w!#$%&'*+.^`|~-]/, /[^\w!#$%&'*+.^`|~-]/)

/** No control character but the tab, and nothing that is no byte (RFC 9110 section 5.5). */
const VALUE: Alphabet = alphabetOf(/[\t\x20-\x7e\x80-\xff]/, /[^\t\x20-\x7e\x80-\xff]/)

const COLON = 0x3a
const SPACE = 0x20
const CR = 0x0d
const LF = 0x0a

/**
 * Writes field lines but those of the connection. Returns whether Date is among them. Throws `TypeError` for what cannot
 * stand in a message.
 */
export function writeFields(out: NativeOut, fields: Fields): boolean {
  let hasDate = false
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    if (isOurs(name)) continue
    if (name === 'date') hasDate = true
    if (name === '' || !out.latin1(name, NAME))
      throw new TypeError(`no name of a field: ${JSON.stringify(name)}`)
    out.byte(COLON)
    out.byte(SPACE)
    const value = fields[i + 1] as string
    if (!out.latin1(value, VALUE))
      throw new TypeError(`no value of ${name}: ${JSON.stringify(value)}`)
    out.byte(CR)
    out.byte(LF)
  }
  return hasDate
}
