import { parseTags, type TagLimits } from '../entry/tag.js'
import { InvalidOptionError } from '../errors.js'
import type { ResponseHead } from './message.js'
import type { Rule } from './route-policy.js'

/** The functions of a policy, which are run for each request. */
export type RuleFunction = 'key.user' | 'key.headers' | 'tags' | 'unless'

/**
 * A function of a policy threw, or gave what it may not. What is wrong with the cache's side of a request is no reason to refuse
 * it: its answer is neither looked up nor kept. `cause`: what was wrong.
 */
export class RuleFault extends Error {
  readonly option: RuleFunction
  /** Pattern of the route, where it is known. */
  readonly route: string | undefined

  constructor(option: RuleFunction, { route }: Rule, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`${route ?? 'a route'}: ${option} failed (${why}); the request went past the cache`, {
      cause,
    })
    this.option = option
    this.route = route
  }
}

/** Whose response it is. Undefined: everybody's. Throws `RuleFault`. */
export function userOf(rule: Rule, c: unknown): string | undefined {
  const { user } = rule.key
  if (user === undefined) return undefined
  return called(rule, 'key.user', () => {
    const said: unknown = user(c)
    if (said === undefined || typeof said === 'string') return said
    throw invalid('key.user', said, 'text, or undefined')
  })
}

/** What a function makes of a request field. Undefined: as if the request did not have it. Throws `RuleFault`. */
export function headerUnder(
  rule: Rule,
  reduce: (value: string) => string | undefined,
  value: string,
): string | undefined {
  return called(rule, 'key.headers', () => {
    const said: unknown = reduce(value)
    if (said === undefined || typeof said === 'string') return said
    throw invalid('key.headers', said, 'text, or undefined')
  })
}

/** Tags of the rule's own. Throws `RuleFault`. */
export function tagsUnder(rule: Rule, c: unknown, limits: TagLimits): readonly string[] {
  const { tags } = rule
  if (tags === undefined) return NONE
  return called(rule, 'tags', () => {
    const said: unknown = tags(c)
    if (said === undefined || Array.isArray(said)) return parseTags(said, limits)
    throw invalid('tags', said, 'an array of strings')
  })
}

/** Whether the rule says of a response that it is not stored. Throws `RuleFault`. */
export function isRefused(rule: Rule, c: unknown, response: ResponseHead): boolean {
  const { unless } = rule
  if (unless === undefined) return false
  return called(rule, 'unless', () => {
    const said: unknown = unless(c, response)
    if (said === undefined || typeof said === 'boolean') return said === true
    throw invalid('unless', said, 'true or false')
  })
}

const NONE: readonly string[] = Object.freeze([])

function called<T>(rule: Rule, option: RuleFunction, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw new RuleFault(option, rule, error)
  }
}

function invalid(option: RuleFunction, said: unknown, allowed: string): InvalidOptionError {
  // of a function that is async by mistake: whether it fails as well is of no interest any more
  if (said instanceof Promise) said.catch(() => undefined)
  return new InvalidOptionError(option, said, allowed)
}
