import type { Engine, Space } from '../cache/engine.js'
import type { Call } from '../cache/lookup.js'
import type { Policy } from '../cache/policy.js'
import type { Dependencies } from './dependencies.js'
import { type Directives, NO_DIRECTIVES, requestDirectives } from './directives.js'
import type { Visit } from './exchange.js'
import type { HitForMiss } from './hit-for-miss.js'
import { routeTag, urlTag } from './http-key.js'
import type { Requests } from './requests.js'
import { type Use, useOf } from './reusable.js'
import { type RuleFault, tagsUnder } from './rule-functions.js'
import type { CacheRules } from './storable.js'
import type { StoredResponse } from './stored-response.js'
import type { Variants } from './variants.js'
import { varyValues } from './vary.js'

/** The namespace of a cache in which responses are kept, and what is known of their keys. */
export interface ResponseSpace {
  readonly engine: Engine
  readonly space: Space
  /** Of the cache: what a rule says nothing about. */
  readonly policy: Policy
  readonly rules: CacheRules
  readonly hitForMiss: HitForMiss
  readonly variants: Variants
  readonly requests: Requests
  readonly dependencies: Dependencies
  /** Told of functions of a rule that failed. */
  readonly onRuleFault: (fault: RuleFault) => void
}

/** Under a policy a client's wishes do not count: it cannot make the origin work. */
export function directivesOf({ rule, request }: Pick<Visit, 'rule' | 'request'>): Directives {
  return rule.policy === undefined ? requestDirectives(request.fields) : NO_DIRECTIVES
}

/** Whether the stored response is one for this request (RFC 9111 section 4.1). */
export function selects(
  { vary, varyValues: then }: StoredResponse,
  { request }: Pick<Visit, 'request'>,
): boolean {
  if (vary.length === 0) return true
  return varyValues(request.fields, vary).every((value, i) => value === then[i])
}

/** What may be done with a response, by time. `storedAt`: of its entry. */
export function useNow(
  { engine }: ResponseSpace,
  { lifetime }: StoredResponse,
  storedAt: number,
  directives: Directives,
): Use {
  return useOf(directives, { lifetime, storedAt }, engine.clock.now())
}

/** Milliseconds for which the versions of tags are kept at least, before a response says how long it lives. */
const DEFAULT_LIFE = 300_000

/** How the tiers are asked. Throws `RuleFault`. */
export function callOf({ engine, policy }: ResponseSpace, visit: Visit, key: string): Call {
  const { rule, request, c, signal } = visit
  const said = tagsUnder(rule, c, engine.settings.limits)
  const own = [urlTag(request), ...(rule.route === undefined ? [] : [routeTag(rule.route)])]
  return {
    key,
    policy: {
      ...policy,
      ttl: rule.policy?.ttl ?? DEFAULT_LIFE,
      grace: rule.policy?.grace ?? DEFAULT_LIFE,
      jitter: rule.policy === undefined ? 0 : policy.jitter,
      tiers: rule.tiers ?? policy.tiers,
      tags: [...own, ...said],
      // how long a handler may take is for its server to say
      hardTimeout: Infinity,
      earlyRefresh: 0,
      signal,
    },
    load: undefined,
    ticket: engine.next(),
    gated: false,
    accept: undefined,
    unlimitedTags: own.length,
  }
}
