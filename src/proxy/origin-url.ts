import { InvalidOptionError } from '../errors.js'

const ALLOWED =
  "'http://host', 'https://host', with or without a port: no path, query or credentials"

/** Scheme, host, port. Anything else would have to mean something for every request that is forwarded. */
const SHAPE = /^https?:\/\/[^\s/?#@\\]+\/?$/i

/** Throws `InvalidOptionError` naming `origin`. */
export function parseOriginUrl(value: unknown): URL {
  const text = value instanceof URL ? value.href : value
  if (typeof text !== 'string' || !SHAPE.test(text) || !URL.canParse(text)) {
    throw new InvalidOptionError('origin', value, ALLOWED)
  }
  const url = new URL(text)
  if (url.port === '0') throw new InvalidOptionError('origin', value, ALLOWED)
  return url
}
