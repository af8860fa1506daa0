import { type Argument, argumentOf, BAD_ARGUMENT, MOST_SECONDS } from './directive-argument.js'
import { type Fields, hasField, linesOf } from './fields.js'
import { isToken, splitList } from './field-list.js'

/** The directives of a Cache-Control field, of a request or a response (RFC 9111 section 5.2, RFC 5861, RFC 8246). */
export interface Directives {
  readonly noStore: boolean
  /** A list: only these fields (lower case) may not be reused without validation. */
  readonly noCache: boolean | readonly string[]
  /** A list: only these fields (lower case) are for one user. */
  readonly private: boolean | readonly string[]
  readonly public: boolean
  readonly mustRevalidate: boolean
  readonly proxyRevalidate: boolean
  readonly mustUnderstand: boolean
  readonly noTransform: boolean
  readonly immutable: boolean
  readonly onlyIfCached: boolean
  /** Seconds, as all that follow. Undefined: not there. */
  readonly maxAge: number | undefined
  readonly sMaxage: number | undefined
  readonly minFresh: number | undefined
  readonly staleWhileRevalidate: number | undefined
  readonly staleIfError: number | undefined
  /** `Infinity` without an argument: any staleness. */
  readonly maxStale: number | undefined
}

type Draft = { -readonly [K in keyof Directives]: Directives[K] }
type KeysOf<T> = {
  [K in keyof Directives]-?: T extends Directives[K] ? K : never
}[keyof Directives]
type Rule = (draft: Draft, argument: Argument | undefined) => void

/** None at all: for a caller that does not listen to requests. */
export const NO_DIRECTIVES: Directives = Object.freeze({
  noStore: false,
  noCache: false,
  private: false,
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  noTransform: false,
  immutable: false,
  onlyIfCached: false,
  maxAge: undefined,
  sMaxage: undefined,
  minFresh: undefined,
  staleWhileRevalidate: undefined,
  staleIfError: undefined,
  maxStale: undefined,
})

/**
 * What each directive does to the draft. Of two the stricter wins (RFC 9111 section 4.2.1); an argument that cannot be used,
 * or that is there although none is allowed, leaves a restriction in force and a permission out.
 */
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['no-store', restriction('noStore')],
  ['no-cache', restrictionOfFields('noCache')],
  ['private', restrictionOfFields('private')],
  ['public', permission('public')],
  ['must-revalidate', restriction('mustRevalidate')],
  ['proxy-revalidate', restriction('proxyRevalidate')],
  ['must-understand', mustUnderstand],
  ['no-transform', restriction('noTransform')],
  ['immutable', permission('immutable')],
  ['only-if-cached', restriction('onlyIfCached')],
  ['max-age', atMost('maxAge')],
  ['s-maxage', atMost('sMaxage')],
  ['min-fresh', minFresh],
  ['max-stale', maxStale],
  ['stale-while-revalidate', atMost('staleWhileRevalidate')],
  ['stale-if-error', atMost('staleIfError')],
])

/**
 * The directives in all lines of Cache-Control. Names in any case; arguments as tokens or quoted strings (RFC 9111 section
 * 5.2); unknown directives are ignored (5.2.3). In a member that is no directive at all (`no-store; max-age=5`) every word
 * that is the name of a restriction is one.
 */
export function parseDirectives(lines: readonly string[]): Directives {
  if (lines.length === 0) return NO_DIRECTIVES
  const draft = { ...NO_DIRECTIVES }
  for (const member of splitList(lines)) readMember(draft, member)
  return draft
}

/** From names (lower case) and arguments that have been parsed already (RFC 9213). Undefined: no argument. */
export function directivesFrom(
  members: Iterable<readonly [name: string, argument: Argument | undefined]>,
): Directives {
  const draft = { ...NO_DIRECTIVES }
  for (const [name, argument] of members) RULES.get(name)?.(draft, argument)
  return draft
}

/** Of a request. `Pragma: no-cache` counts where there is no Cache-Control (RFC 9111 section 5.4). */
export function requestDirectives(fields: Fields): Directives {
  if (hasField(fields, 'cache-control')) return parseDirectives(linesOf(fields, 'cache-control'))
  if (!hasField(fields, 'pragma')) return NO_DIRECTIVES
  const noCache = splitList(linesOf(fields, 'pragma')).some((m) => m.toLowerCase() === 'no-cache')
  return noCache ? { ...NO_DIRECTIVES, noCache } : NO_DIRECTIVES
}

function readMember(draft: Draft, member: string): void {
  const equals = member.indexOf('=')
  const name = equals === -1 ? member : member.slice(0, equals)
  const argument = equals === -1 ? undefined : argumentOf(member.slice(equals + 1))
  if (isToken(name) && argument !== null) RULES.get(name.toLowerCase())?.(draft, argument)
  else for (const word of wordsOf(member)) RULES.get(word)?.(draft, BAD_ARGUMENT)
}

function wordsOf(member: string): string[] {
  return member.toLowerCase().split(/[^a-z-]/)
}

function restriction(key: KeysOf<boolean>): Rule {
  return (draft) => {
    draft[key] = true
  }
}

/** An argument is not allowed (RFC 9111 section 5.2): with one it is not what it seems. */
function permission(key: KeysOf<boolean>): Rule {
  return (draft, argument) => {
    if (argument === undefined) draft[key] = true
  }
}

/** RFC 9111 sections 5.2.2.4 and 5.2.2.7: without usable field names all of the response is meant. */
function restrictionOfFields(key: 'noCache' | 'private'): Rule {
  return (draft, argument) => {
    const names = argument?.fieldNames
    const before = draft[key]
    if (names === undefined || before === true) draft[key] = true
    else draft[key] = before === false ? names : [...new Set([...before, ...names])]
  }
}

/** RFC 9111 section 5.2.2.3. It lifts no-store: with an argument it must not, and means no-store itself. */
function mustUnderstand(draft: Draft, argument: Argument | undefined): void {
  if (argument === undefined) draft.mustUnderstand = true
  else draft.noStore = true
}

/** Seconds that permit: none for what cannot be read (RFC 9111 section 4.2.1: invalid freshness is stale). */
function atMost(
  key: KeysOf<number> & ('maxAge' | 'sMaxage' | 'staleWhileRevalidate' | 'staleIfError'),
): Rule {
  return (draft, argument) => {
    draft[key] = Math.min(draft[key] ?? Infinity, argument?.seconds ?? 0)
  }
}

/** RFC 9111 section 5.2.1.2. */
function maxStale(draft: Draft, argument: Argument | undefined): void {
  const allowed = argument === undefined ? Infinity : (argument.seconds ?? 0)
  draft.maxStale = Math.min(draft.maxStale ?? Infinity, allowed)
}

/** RFC 9111 section 5.2.1.3. Seconds that restrict: what cannot be read asks for more than there is. */
function minFresh(draft: Draft, argument: Argument | undefined): void {
  draft.minFresh = Math.max(draft.minFresh ?? 0, argument?.seconds ?? MOST_SECONDS)
}
