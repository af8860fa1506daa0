import { type Cache, insideOf } from '../cache/cache.js'
import { countHit } from '../cache/hit.js'
import { invalidate } from '../cache/invalidate.js'
import { reportRead } from '../cache/report.js'
import { HttpError } from '../errors.js'
import { Dependencies, type Recorder } from './dependencies.js'
import type { Visit } from './exchange.js'
import { hasField } from './fields.js'
import { passed } from './fetch-response.js'
import { groupInvalidations } from './groups.js'
import { HitForMiss } from './hit-for-miss.js'
import { groupTag, urlTag } from './http-key.js'
import { isOffline, type Loaded, loadResponse } from './load-response.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import { pass, passOrStale, staleOnError } from './pass.js'
import { present, presentHit, ttlOf } from './present.js'
import { Requests } from './requests.js'
import { parseResponseCache, type ResponseCacheOptions } from './response-cache-options.js'
import { ageOf, type Kept, type Looked, lookUp } from './response-lookup.js'
import { directivesOf, type ResponseSpace, selects, useNow } from './response-space.js'
import type { Rule } from './route-policy.js'
import { RuleFault, userOf } from './rule-functions.js'
import { keyUnder } from './rule-key.js'
import { type StoredResponse, unpackResponse } from './stored-response.js'
import { invalidatedTargets, isSafe } from './unsafe.js'
import { headAgrees } from './validation.js'
import { variantKey, Variants } from './variants.js'

/** What has to be known of a request to look for its response in memory. */
type Asked = Pick<Visit, 'request' | 'rule' | 'c' | 'isRemote' | 'fill'>

/** Responses kept as entries of a cache: of one namespace, in its tiers, with its flights, leases, tags and `clear()`. */
export class ResponseCache {
  readonly #on: ResponseSpace

  /** Throws `InvalidOptionError`. */
  constructor(cache: Cache, options: ResponseCacheOptions = {}) {
    const { engine, space, policy } = insideOf(cache)
    const { targeted, onRuleFault } = parseResponseCache(options, engine.voice)
    this.#on = {
      engine,
      space,
      policy,
      rules: {
        targeted,
        heuristics: true,
        setCookie: 'refuse',
      },
      hitForMiss: new HitForMiss(),
      variants: new Variants(),
      requests: new Requests(),
      dependencies: new Dependencies(engine, space),
      onRuleFault,
    }
  }

  /**
   * The response to a request under its rule. From memory it comes at once, else as a promise. Rejects with what the origin
   * throws, or `OverloadedError`.
   */
  answer(visit: Visit): HttpResponse | Promise<HttpResponse> {
    const { request, rule, c } = visit
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.#unsafe(visit)
    let key: string
    try {
      const bypass = bypassOf(visit)
      if (bypass !== undefined) return pass(visit, bypass)
      key = keyUnder(rule, request, c)
    } catch (error) {
      return this.#pastFault(visit, error)
    }
    return this.#fromMemory(visit, key) ?? this.#fromTiers(visit, key, 'url')
  }

  /** What is fresh in memory for a request under a rule without `key.user`. Undefined: `answer` tells. */
  hit(request: HttpRequest, rule: Rule): HttpResponse | undefined {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const asked = { request, rule, c: undefined }
    if (bypassOf(asked) !== undefined) return undefined
    const key = keyIfAny(rule, request)
    return key === undefined ? undefined : this.#fromMemory(asked, key)
  }

  /** For one run of a handler: what it reads of the cache becomes what its response depends on. */
  record(): Recorder {
    return this.#on.dependencies.record()
  }

  /** Invalidates what a request that is not for reading has changed (RFC 9111 section 4.4; RFC 9875 section 3). */
  async invalidateAfter(request: HttpRequest, response: ResponseHead): Promise<void> {
    if (isSafe(request.method)) return
    const targets = invalidatedTargets(request, response)
    if (targets.length === 0) return
    const groups = groupInvalidations(response.fields).map((group) => groupTag(request, group))
    const tags = [...new Set([...targets.map(urlTag), ...groups])]
    await invalidate(this.#on.space, { kind: 'tags', tags, soft: false })
  }

  async #unsafe(visit: Visit): Promise<HttpResponse> {
    const response = await visit.origin(visit.request, visit.signal)
    if (visit.isChangeTold !== true) await this.invalidateAfter(visit.request, response)
    return passed({ visit, forward: 'method' }, response, undefined)
  }

  /** The hot path: a fresh response in memory. */
  #fromMemory(visit: Asked, key: string): HttpResponse | undefined {
    const { space } = this.#on
    const entry = space.memory?.hit(key)
    const stored = unpackResponse(entry?.value)
    if (entry === undefined || stored === undefined || !selects(stored, visit)) return undefined
    const use = useNow(this.#on, stored, entry.storedAt, directivesOf(visit))
    if (use.use !== 'fresh') return undefined
    countHit(space, key)
    if (visit.fill !== undefined) this.#fill(visit, key)
    return presentHit(visit.request, stored, use.age)
  }

  /** `known`: what the key is made of. */
  async #fromTiers(visit: Visit, key: string, known: 'url' | 'variant'): Promise<HttpResponse> {
    visit.fill?.want(this.#on.space.name, key, visit.request)
    let looked: Looked
    try {
      looked = await lookUp(this.#on, visit, key, known === 'variant')
    } catch (error) {
      return await this.#pastFault(visit, error)
    }
    return await this.#looked(visit, looked, known)
  }

  async #looked(visit: Visit, looked: Looked, known: 'url' | 'variant'): Promise<HttpResponse> {
    const { key, kept, other, found } = looked
    if (other !== undefined && known === 'url') return await this.#variant(visit, key, other)
    if (kept?.use.use === 'fresh' && found.fresh !== undefined) {
      reportRead(this.#on.space, key, 'hit', kept.held.tier)
      if (visit.fill !== undefined) this.#fill(visit, key)
      return presentHit(visit.request, kept.stored, kept.use.age)
    }
    if (directivesOf(visit).onlyIfCached) return unsatisfied()
    if (visit.request.method === 'HEAD' && visit.rule.policy === undefined) {
      return await this.#head(visit, key, kept)
    }
    if (kept !== undefined) return await this.#validate(visit, looked, known)
    return await this.#missed(visit, looked, known)
  }

  /** A function of the rule failed: that is told, and the request goes past the cache. */
  async #pastFault(visit: Visit, error: unknown): Promise<HttpResponse> {
    if (!(error instanceof RuleFault)) throw error
    this.#on.onRuleFault(error)
    return await pass(visit, error.option)
  }

  /** What memory has answers the next requests without us. */
  #fill({ fill, request }: Asked, key: string): void {
    const { space } = this.#on
    fill?.want(space.name, key, request)
    space.memory?.lend(key)
  }

  /** While a new one is brought, others are answered with what is stale, like this request: there, or else here. */
  #fillStale({ fill }: Visit, { kept, key }: Looked): void {
    if (kept?.use.use !== 'stale-while-revalidate') return
    const { memory } = this.#on.space
    if (kept.held.isUntrusted || memory?.lend(key) !== true) fill?.letGo()
  }

  async #validate(visit: Visit, looked: Looked, known: 'url' | 'variant'): Promise<HttpResponse> {
    try {
      return await this.#load(visit, looked, known)
    } catch (error) {
      throw isForbidden(visit, looked.kept) ? unreachable(error) : error
    }
  }

  async #missed(visit: Visit, looked: Looked, known: 'url' | 'variant'): Promise<HttpResponse> {
    const { hitForMiss, requests, engine } = this.#on
    const now = engine.clock.now()
    if (!requests.isEnough(looked.key, visit.rule.storeAfter, now))
      return await pass(visit, 'seldom')
    return await this.#load(visit, looked, known, hitForMiss.has(looked.key, now))
  }

  /** `isApart`: the last response for the key was for one client only. */
  async #load(
    visit: Visit,
    looked: Looked,
    known: 'url' | 'variant',
    isApart = false,
  ): Promise<HttpResponse> {
    if (isAlone(visit)) return await pass(visit, 'alone')
    if (visit.fill !== undefined) this.#fillStale(visit, looked)
    const loaded = await loadResponse(this.#on, visit, looked, isApart)
    const { kept } = looked
    if (loaded.kind === 'live') return loaded.response
    if (loaded.kind === 'stale') return staleOnError(this.#on, visit, loaded.kept)
    if (loaded.kind === 'pass') return await passOrStale(this.#on, visit, kept, loaded.reason)
    return await this.#loaded(visit, looked, known, loaded)
  }

  async #loaded(
    visit: Visit,
    { key, kept }: Looked,
    known: 'url' | 'variant',
    loaded: Loaded & { readonly kind: 'stored' },
  ): Promise<HttpResponse> {
    const stored = unpackResponse(loaded.value)
    if (stored === undefined) return await pass(visit, 'unreadable')
    if (!selects(stored, visit)) {
      return known === 'url' ? await this.#variant(visit, key, stored) : await pass(visit, 'vary')
    }
    const age = ageOf(this.#on, stored, loaded.answer.entry?.storedAt)
    const ttl = ttlOf(stored, age)
    if (!loaded.isStale)
      return present(visit.request, stored, age, { fwd: 'uri-miss', collapsed: true, ttl })
    const detail = kept?.use.use === 'validate' ? 'stale-if-error' : 'stale-while-revalidate'
    return present(visit.request, stored, age, { hit: true, ttl, detail })
  }

  async #variant(visit: Visit, key: string, { vary }: StoredResponse): Promise<HttpResponse> {
    const own = variantKey(key, vary, visit.request)
    const { variants, engine } = this.#on
    if (!variants.admits(key, own, engine.clock.now())) return await pass(visit, 'variants')
    return this.#fromMemory(visit, own) ?? (await this.#fromTiers(visit, own, 'variant'))
  }

  /** A HEAD goes to the origin as it is; what it says of the stored response counts (RFC 9111 section 4.3.5). */
  async #head(visit: Visit, key: string, kept: Kept | undefined): Promise<HttpResponse> {
    let response: HttpResponse
    try {
      response = await visit.origin(visit.request, visit.signal)
    } catch (error) {
      if (isForbidden(visit, kept)) throw unreachable(error)
      if (kept === undefined || !isOffline(visit, kept)) throw error
      return staleOnError(this.#on, visit, kept)
    }
    if (kept !== undefined && response.status === 200 && !headAgrees(kept.stored, response)) {
      await invalidate(this.#on.space, { kind: 'expire', key })
    }
    return passed(
      { visit, forward: kept === undefined ? 'uri-miss' : 'stale' },
      response,
      undefined,
    )
  }
}

/** Why a request does not take part. Throws `RuleFault`. */
export function bypassOf({ request, rule, c, isRemote }: Asked): string | undefined {
  // RFC 9111 section 4.3.2: what these ask is for the origin to answer, which on our own server we are
  if (
    isRemote === true &&
    (hasField(request.fields, 'if-match') || hasField(request.fields, 'if-unmodified-since'))
  ) {
    return 'condition'
  }
  // under a policy a user's request takes part only where the key tells users apart
  if (rule.policy === undefined || request.isPlain === true) return undefined
  if (!hasField(request.fields, 'authorization')) return undefined
  const isApart = rule.authorization === 'key' && userOf(rule, c) !== undefined
  return isApart ? undefined : 'authorization'
}

/** Whether others would wait in vain for what it gets, or for what it has yet to send. */
function isAlone(visit: Visit): boolean {
  return visit.isAlone === true || directivesOf(visit).noStore
}

/** Whether a stale response is at hand that is not to be used though its server cannot be reached (RFC 9111 section 5.2.2.2). */
function isForbidden({ isRemote }: Visit, kept: Kept | undefined): boolean {
  if (isRemote !== true || kept === undefined) return false
  const { lifetime } = kept.stored
  return lifetime.mustRevalidate && kept.use.age >= lifetime.freshFor
}

/** Any status that says more than that there was no answer stays (RFC 9111 section 5.2.2.2). */
function unreachable(cause: unknown): unknown {
  if (cause instanceof HttpError && cause.status !== 502) return cause
  return new HttpError(504, 'what is stored must be revalidated, and its server does not answer', {
    cause,
  })
}

/** RFC 9111 section 5.2.1.7. */
function unsatisfied(): HttpResponse {
  return { status: 504, fields: ['content-length', '0'], body: undefined }
}

/** Undefined: a function of the rule failed, which `answer` tells. */
function keyIfAny(rule: Rule, request: HttpRequest): string | undefined {
  try {
    return keyUnder(rule, request, undefined)
  } catch (error) {
    if (error instanceof RuleFault) return undefined
    throw error
  }
}
