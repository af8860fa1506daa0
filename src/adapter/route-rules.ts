import { httpRule, parseRoutePolicy, type RoutePolicy, type Rule } from '../http/route-policy.js'

/** Patterns kept; a router mounted below a parameter has one for each of its values. */
const MOST_KEPT = 256

/** The rule of a handler, for each route that it turns out to serve: many frameworks tell only when a request comes. */
export class RouteRules<C> {
  readonly #rule: Rule
  readonly #routed = new Map<string, Rule>()

  /** Without a policy: by what responses say of themselves. Throws `InvalidOptionError`. */
  constructor(policy: RoutePolicy<C> | undefined, where?: string) {
    this.#rule =
      policy === undefined ? httpRule(undefined) : parseRoutePolicy(policy, undefined, where)
  }

  of(pattern: string | undefined): Rule {
    if (pattern === undefined) return this.#rule
    const known = this.#routed.get(pattern)
    if (known !== undefined) return known
    const rule = Object.freeze({ ...this.#rule, route: pattern })
    if (this.#routed.size < MOST_KEPT) this.#routed.set(pattern, rule)
    return rule
  }
}

const forHead = new WeakMap<Rule, Rule>()

/**
 * The rule for a request of that method. A HEAD is answered from what is stored, and goes to its handler as it is: a
 * framework may have found another one for it than for GET, or leave the body out, so what it brings is never stored.
 */
export function ruleFor(rule: Rule, method: string): Rule {
  if (method !== 'HEAD') return rule
  const known = forHead.get(rule) ?? Object.freeze({ ...rule, storeAfter: Infinity })
  forHead.set(rule, known)
  return known
}
