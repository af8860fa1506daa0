import { createHash } from 'node:crypto'

/** Of the 64 characters a namespace has, what lies before it keeps the other half. */
const PLAIN = /^[A-Za-z0-9._-]{1,32}$/

const DIGEST = 'sha256-'

/** What a Keyv without a namespace has, as Keyv 4 and 5 call it. */
const UNNAMED = 'keyv'

/**
 * The namespace of the cache for one of Keyv's, which is any string. What is no namespace here is replaced by 132 bits of its
 * SHA-256; so is what looks like such a digest, so that nobody can choose the namespace of another.
 */
export function namespaceOf(namespace: string | undefined): string {
  if (namespace === undefined || namespace === '') return UNNAMED
  if (PLAIN.test(namespace) && !namespace.startsWith(DIGEST)) return namespace
  return DIGEST + createHash('sha256').update(namespace).digest('base64url').slice(0, 22)
}
