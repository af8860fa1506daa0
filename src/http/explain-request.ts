import { type Cache, insideOf } from '../cache/cache.js'
import { inspect } from '../cache/inspect.js'
import type { Inspection } from '../cache/inspection.js'
import { look } from '../cache/look.js'
import type { Visit } from './exchange.js'
import { explainUse } from './explain-use.js'
import { hasField } from './fields.js'
import type { HttpRequest } from './message.js'
import { directivesOf, selects } from './response-space.js'
import { bypassOf } from './response-cache.js'
import { useOf } from './reusable.js'
import type { Rule } from './route-policy.js'
import { RuleFault } from './rule-functions.js'
import { keyUnder } from './rule-key.js'
import type { Step } from './step.js'
import { type StoredResponse, unpackResponse } from './stored-response.js'
import { isSafe } from './unsafe.js'
import { variantKey } from './variants.js'

type Asked = Pick<Visit, 'request' | 'rule' | 'c' | 'isRemote' | 'fill'>

/**
 * How a request to a server behind the cache would be answered, step by step. Nothing is asked of that server, counted or
 * changed. Functions of the rule are given no context.
 */
export async function explainRequest(
  cache: Cache,
  rule: Rule,
  request: HttpRequest,
): Promise<readonly Step[]> {
  const asked: Asked = { request, rule, c: undefined, isRemote: true }
  const steps = [requestStep(request), ruleStep(rule)]
  if (request.method !== 'GET' && request.method !== 'HEAD') return [...steps, unsafeStep(request)]
  try {
    const bypass = hasUnkeyedCookie(asked) ? 'cookie' : bypassOf(asked)
    if (bypass !== undefined) return [...steps, forwarded(`it passes by the cache (${bypass})`)]
    const key = keyUnder(rule, request, undefined)
    return [...steps, { step: 'key', says: key }, ...(await storedSteps(cache, rule, request, key))]
  } catch (error) {
    if (!(error instanceof RuleFault)) throw error
    return [...steps, forwarded(`${error.option} of the rule failed: it passes by the cache`)]
  }
}

/** A policy that does not mention cookies is not for requests that have some. */
function hasUnkeyedCookie({ rule: { policy, key }, request }: Asked): boolean {
  return policy !== undefined && key.cookies === undefined && hasField(request.fields, 'cookie')
}

function requestStep({ method, scheme, authority, target }: HttpRequest): Step {
  return { step: 'request', says: `${method} ${scheme}://${authority}${target}` }
}

function ruleStep({ policy, route }: Rule): Step {
  const where = route === undefined ? '' : ` (${route})`
  return {
    step: 'rule',
    says:
      policy === undefined
        ? `what responses say of themselves, as HTTP has it${where}`
        : `a policy${where}: fresh for ${policy.ttl / 1_000} s, then stale for ${policy.grace / 1_000} s`,
  }
}

function unsafeStep({ method }: HttpRequest): Step {
  const detail = isSafe(method)
    ? []
    : ['what is stored for the URL is invalidated when it succeeds']
  return { ...forwarded(`only GET and HEAD are answered from the cache, not ${method}`), detail }
}

/** The end of the way to the origin. */
function forwarded(why: string, detail: readonly string[] = []): Step {
  return { step: 'answer', says: `forwarded: ${why}`, ...(detail.length > 0 && { detail }) }
}

/** A response under a key, and what the tiers think of it. */
interface Standing {
  readonly stored: StoredResponse | undefined
  readonly storedAt: number
  readonly inspection: Inspection
}

async function standingOf(cache: Cache, key: string): Promise<Standing> {
  const { space, policy } = insideOf(cache)
  const inspection = await inspect(space, key, policy)
  const seen = await look(cache, key)
  return { stored: unpackResponse(seen?.value), storedAt: seen?.storedAt ?? 0, inspection }
}

async function storedSteps(
  cache: Cache,
  rule: Rule,
  request: HttpRequest,
  key: string,
): Promise<readonly Step[]> {
  const first = await standingOf(cache, key)
  const { stored } = first
  if (stored === undefined) return missed(first.inspection, 'uri-miss')
  if (selects(stored, { request })) {
    return [varyStep(stored, true), ...useSteps(cache, rule, request, first)]
  }
  const own = variantKey(key, stored.vary, request)
  const variant = await standingOf(cache, own)
  const steps = [varyStep(stored, false), { step: 'variant', says: own }]
  if (variant.stored === undefined) return [...steps, ...missed(variant.inspection, 'vary-miss')]
  if (!selects(variant.stored, { request })) {
    return [...steps, forwarded('the variant there is for other requests (vary)')]
  }
  return [...steps, ...useSteps(cache, rule, request, variant)]
}

function missed({ why }: Inspection, forward: string): readonly Step[] {
  return [
    { step: 'stored', says: 'nothing', ...(why.length > 0 && { detail: why }) },
    forwarded(`nothing is stored for it (fwd=${forward})`),
  ]
}

function varyStep({ vary }: StoredResponse, isSelected: boolean): Step {
  const says =
    vary.length === 0
      ? 'the response is the same for all requests'
      : `the response is for requests with the same ${vary.join(', ')}${isSelected ? ', as this one' : '; this one has another'}`
  return { step: 'vary', says }
}

function useSteps(
  cache: Cache,
  rule: Rule,
  request: HttpRequest,
  { stored, storedAt, inspection }: Standing & { readonly stored?: StoredResponse | undefined },
): readonly Step[] {
  if (stored === undefined) return []
  if (inspection.outcome === 'miss') {
    return [
      { step: 'stored', says: 'a response that is not usable any more', detail: inspection.why },
      forwarded('nothing usable is stored for it (fwd=uri-miss)'),
    ]
  }
  const directives = directivesOf({ rule, request })
  const now = insideOf(cache).engine.clock.now()
  const use = useOf(directives, { lifetime: stored.lifetime, storedAt }, now)
  return explainUse({ stored, use, directives, inspection })
}
