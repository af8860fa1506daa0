import { knownOptions } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import { parseRoutePolicy, type RoutePolicy } from '../http/route-policy.js'
import type { Context } from '../server/context.js'
import type { RouteCacheOption, RouteCachePolicy } from '../server/options.js'
import { parsePattern } from '../server/pattern.js'

/**
 * How answers of an origin are cached, as a configuration file can say it: a policy of a route without its functions. `tags`
 * are texts in which `{name}` stands for the param of that name.
 */
export interface OriginRule extends Omit<
  RoutePolicy<never>,
  'tags' | 'unless' | 'key' | 'authorization' | 'dependencies'
> {
  readonly key?: Omit<NonNullable<RoutePolicy<never>['key']>, 'user'> | undefined
  readonly tags?: readonly string[] | undefined
}

/** By pattern; `true`: as the origin says of them. */
export type OriginRules = Readonly<Record<string, true | OriginRule>>

/** What only a function could say, or means nothing here. */
const RULE_NAMES = [
  'ttl',
  'grace',
  'key',
  'tags',
  'client',
  'statuses',
  'setCookie',
  'maxBody',
  'compress',
  'store',
] as const

const KEY_NAMES = ['query', 'headers', 'cookies'] as const

/** As options of a server. Throws `InvalidOptionError`, whose option begins with `rules.` and the pattern. */
export function parseOriginRules(
  rules: unknown,
  where = 'rules',
): Record<string, RouteCacheOption> {
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) {
    throw new InvalidOptionError(
      where,
      rules,
      'an object: patterns of paths, and how each is cached',
    )
  }
  const parsed = Object.entries(rules).map(
    ([pattern, rule]) => [pattern, parseRule(pattern, rule, where)] as const,
  )
  return Object.fromEntries(parsed)
}

function parseRule(pattern: string, rule: unknown, where: string): RouteCacheOption {
  const { names } = parsedPattern(pattern, where)
  if (rule === true) return true
  const at = `${where}.${pattern}`
  const { tags, ...said } = knownOptions(rule, RULE_NAMES, at) as unknown as OriginRule
  if (said.key !== undefined) knownOptions(said.key, KEY_NAMES, `${at}.key`)
  const policy: RouteCachePolicy = {
    ...said,
    ...(tags !== undefined && { tags: tagsFrom(tags, names, `${at}.tags`) }),
  }
  parseRoutePolicy(policy, pattern, at)
  return policy
}

function parsedPattern(pattern: string, where: string): { readonly names: readonly string[] } {
  try {
    return parsePattern(pattern)
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    throw new InvalidOptionError(`${where}.${pattern}`, pattern, error.allowed)
  }
}

const PLACE = /\{([^{}]*)\}/g

/** Throws for a tag that is no text, or names what the pattern has not. */
function tagsFrom(
  tags: unknown,
  names: readonly string[],
  where: string,
): (c: Context) => readonly string[] {
  if (!Array.isArray(tags)) throw new InvalidOptionError(where, tags, 'a list of texts')
  const templates = tags.map((tag: unknown) => {
    if (typeof tag !== 'string' || tag === '') {
      throw new InvalidOptionError(where, tag, "texts, in which '{name}' stands for a param")
    }
    for (const [place, name = ''] of tag.matchAll(PLACE)) {
      if (names.includes(name)) continue
      const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`
      throw new InvalidOptionError(where, tag, `params of the pattern (${known}), not ${place}`)
    }
    return tag
  })
  return ({ params }) =>
    templates.map((tag) => tag.replace(PLACE, (_, name: string) => params[name] ?? ''))
}
