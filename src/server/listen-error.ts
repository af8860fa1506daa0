import { ListenError } from '../errors.js'

/** What the operating system or the resolver of names means. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'something listens there already'],
  ['EADDRNOTAVAIL', 'that is no address of this machine'],
  ['EACCES', 'a port below 1024 needs a right'],
  ['ENOTFOUND', 'there is no host of this name'],
  ['EAI_AGAIN', 'there is no host of this name'],
])

/** Where it was to listen, and why it cannot: in words, and with the code of the cause. */
export function listenErrorOf(
  { host, port }: { readonly host: string; readonly port: number },
  cause: Error & { readonly code?: string },
): ListenError {
  const { code = '', message } = cause
  const meaning = MEANINGS.get(code)
  const why = meaning === undefined ? code || message : `${meaning} (${code})`
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
  return new ListenError(`cannot listen on ${place}: ${why}`, { cause })
}
