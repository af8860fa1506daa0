import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'

/** An answer of 1xx before the final one, of those that node:http can write: 102, and 103 with the links that it takes. */
export function writeInformation(res: ServerResponse, status: number, fields: Fields): void {
  if (res.headersSent || res.destroyed) return
  if (status === 102) res.writeProcessing()
  if (status !== 103) return
  try {
    res.writeEarlyHints(hintsOf(fields))
  } catch {
    // a link of another form: it is a hint, and the final answer has it as well
  }
}

function hintsOf(fields: Fields): Record<string, string | string[]> {
  const hints: Record<string, string | string[]> = {}
  const links: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const value = fields[i + 1] as string
    if (name === 'link') links.push(value)
    else hints[name] = value
  }
  return { ...hints, link: links }
}
