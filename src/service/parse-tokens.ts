import { InvalidOptionError } from '../errors.js'
import type { Scope } from './access.js'
import { isNamespaceName, NAMESPACE_ALLOWED } from './namespace-name.js'
import type { TokenOptions } from './service-options.js'

const SCOPES: readonly Scope[] = ['read', 'write', 'purge', 'admin']
const MEMBERS = ['token', 'scopes', 'namespaces']

/** Each request is compared with all of them. */
const MOST = 1_000

/** Tokens as configured. Throws `InvalidOptionError`, which never shows one: of a value it says only what it is not. */
export function parseTokens(value: readonly unknown[], option: string): readonly TokenOptions[] {
  if (value.length === 0 || value.length > MOST) {
    throw new InvalidOptionError(
      option,
      value,
      `a list of 1 .. ${MOST} tokens; without tokens: none`,
    )
  }
  const tokens = value.map((one, i) => parseToken(one, `${option}[${i}]`))
  const seen = new Map<string, number>()
  for (const [i, { token }] of tokens.entries()) {
    const other = seen.get(token)
    if (other !== undefined) {
      const allowed = `another token than that of ${option}[${other}]`
      throw new InvalidOptionError(`${option}[${i}].token`, 'the same', allowed)
    }
    seen.set(token, i)
  }
  return tokens
}

function parseToken(value: unknown, option: string): TokenOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidOptionError(option, kindOf(value), '{ token, scopes, namespaces }')
  }
  const unknown = Object.keys(value).find((name) => !MEMBERS.includes(name))
  if (unknown !== undefined) {
    // its name may be a token that slipped
    throw new InvalidOptionError(option, 'another member', `${MEMBERS.join(', ')} only`)
  }
  const { token, scopes, namespaces = [] } = value as Record<string, unknown>
  if (typeof token !== 'string' || !/^[\x21-\x7e]{16,512}$/.test(token)) {
    const allowed = '16 .. 512 visible characters of ASCII'
    throw new InvalidOptionError(`${option}.token`, kindOf(token), allowed)
  }
  return Object.freeze({
    token,
    scopes: listOf(scopes, `${option}.scopes`, SCOPE_LIST),
    namespaces: listOf(namespaces, `${option}.namespaces`, NAMESPACE_LIST),
  })
}

interface ListForm<T> {
  readonly isOne: (one: unknown) => one is T
  readonly least: number
  readonly allowed: string
}

const SCOPE_LIST: ListForm<Scope> = {
  isOne: isScope,
  least: 1,
  allowed: `one or more of ${SCOPES.join(', ')}`,
}

const NAMESPACE_LIST: ListForm<string> = {
  isOne: isNamespaceName,
  least: 0,
  allowed: NAMESPACE_ALLOWED,
}

function listOf<T>(value: unknown, option: string, form: ListForm<T>): readonly T[] {
  const { isOne, least, allowed } = form
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  if (Array.isArray(value) && list.length >= least && list.length <= MOST && list.every(isOne)) {
    return list
  }
  throw new InvalidOptionError(option, kindOf(value), `a list of ${allowed}`)
}

function isScope(value: unknown): value is Scope {
  return SCOPES.some((scope) => scope === value)
}

/** What it is, without what it says. */
function kindOf(value: unknown): string | undefined {
  if (typeof value === 'string') return `a text of ${value.length} characters`
  return value === undefined ? undefined : Array.isArray(value) ? 'a list' : `a ${typeof value}`
}
