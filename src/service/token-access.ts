import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Access, Permission, Scope } from './access.js'
import type { TokenOptions } from './service-options.js'

/** So that digests are of no use elsewhere, and what a token is compared with cannot be chosen. */
const KEY = randomBytes(32)

/** Longer than any token may be: not worth being hashed. */
const MOST_CHARACTERS = 1_024

interface Grant {
  readonly digest: Buffer
  readonly scopes: ReadonlySet<Scope>
  /** Empty: all. */
  readonly namespaces: ReadonlySet<string>
}

/** Bearer tokens (RFC 6750). Which one it is, if any, takes the same time to find out, whatever was sent. */
export class TokenAccess implements Access {
  readonly isOpen = false
  readonly #grants: readonly Grant[]

  constructor(tokens: readonly TokenOptions[]) {
    this.#grants = tokens.map(({ token, scopes, namespaces = [] }) => ({
      digest: digestOf(token),
      scopes: new Set(scopes),
      namespaces: new Set(namespaces),
    }))
  }

  check(
    authorization: string | undefined,
    scope: Scope,
    namespace: string | undefined,
  ): Permission {
    const token = tokenOf(authorization)
    const grant = token === undefined ? undefined : this.#grantOf(token)
    if (grant === undefined) return 'unauthorized'
    const { scopes, namespaces } = grant
    const isThere = namespaces.size === 0 || (namespace !== undefined && namespaces.has(namespace))
    return isThere && (scopes.has(scope) || scopes.has('admin')) ? 'allowed' : 'forbidden'
  }

  #grantOf(token: string): Grant | undefined {
    const digest = digestOf(token)
    let found: Grant | undefined
    // through to the end: where it stands in the list must not show
    for (const grant of this.#grants) if (timingSafeEqual(grant.digest, digest)) found = grant
    return found
  }
}

function digestOf(token: string): Buffer {
  return createHmac('sha256', KEY).update(token).digest()
}

function tokenOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MOST_CHARACTERS) return undefined
  return /^bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1]
}
