import { type Cache, insideOf } from '../cache/cache.js'
import type { Engine, Space } from '../cache/engine.js'
import { countHit } from '../cache/hit.js'
import { invalidate } from '../cache/invalidate.js'
import { type Call, find, type Found, type Held, type LoadedCall } from '../cache/lookup.js'
import { type Answer, read } from '../cache/read.js'
import { reportRead } from '../cache/report.js'
import type { Policy } from '../cache/policy.js'
import { parseTags } from '../entry/tag.js'
import { RemoteLoadError } from '../errors.js'
import { type Directives, NO_DIRECTIVES, requestDirectives } from './directives.js'
import type { Visit } from './exchange.js'
import { hasField } from './fields.js'
import { fetchResponse, type Landed, OriginFailure, passed } from './fetch-response.js'
import { groupInvalidations } from './groups.js'
import { HitForMiss } from './hit-for-miss.js'
import { groupTag, routeTag, urlTag } from './http-key.js'
import { Live } from './live.js'
import type { HttpRequest, HttpResponse } from './message.js'
import { present } from './present.js'
import { type Use, useOf } from './reusable.js'
import type { Rule } from './route-policy.js'
import { Requests } from './requests.js'
import { keyUnder } from './rule-key.js'
import type { CacheRules } from './storable.js'
import { type StoredResponse, unpackResponse } from './stored-response.js'
import { invalidatedTargets, isSafe } from './unsafe.js'
import { headAgrees } from './validation.js'
import { Variants, variantKey } from './variants.js'
import { varyValues } from './vary.js'

export interface ResponseCacheOptions {
  /** Targeted fields that count before Cache-Control (RFC 9213), lower case. Default ['strata-cache-control', 'cdn-cache-control']. */
  readonly targeted?: readonly string[]
}

/** Responses kept as entries of a cache: of one namespace, in its tiers, with its flights, leases, tags and `clear()`. */
export class ResponseCache {
  readonly #engine: Engine
  readonly #space: Space
  readonly #policy: Policy
  readonly #rules: CacheRules
  readonly #hitForMiss = new HitForMiss()
  readonly #variants = new Variants()
  readonly #counts = new Requests()

  constructor(cache: Cache, options: ResponseCacheOptions = {}) {
    const { engine, space, policy } = insideOf(cache)
    this.#engine = engine
    this.#space = space
    this.#policy = policy
    this.#rules = {
      targeted: options.targeted ?? ['strata-cache-control', 'cdn-cache-control'],
      heuristics: true,
      setCookie: 'refuse',
    }
  }

  /**
   * The response to a request under its rule. From memory it comes at once, else as a promise. Rejects with what the origin
   * throws, `OverloadedError`, or an error of the rule's functions.
   */
  answer(visit: Visit): HttpResponse | Promise<HttpResponse> {
    const { request, rule, c } = visit
    if (request.method !== 'GET' && request.method !== 'HEAD') return this.#unsafe(visit)
    const bypass = bypassOf(visit)
    if (bypass !== undefined) return this.#pass(visit, undefined, bypass)
    const key = keyUnder(rule, request, c)
    return this.#fromMemory(visit, key) ?? this.#fromTiers(visit, key)
  }

  /** Invalidates what a request that is not for reading has changed (RFC 9111 section 4.4; RFC 9875 section 3). */
  async invalidateAfter(request: HttpRequest, response: HttpResponse): Promise<void> {
    if (isSafe(request.method)) return
    const targets = invalidatedTargets(request, response)
    if (targets.length === 0) return
    const groups = groupInvalidations(response.fields).map((group) => groupTag(request, group))
    const tags = [...new Set([...targets.map(urlTag), ...groups])]
    await invalidate(this.#space, { kind: 'tags', tags, soft: false })
  }

  async #unsafe(visit: Visit): Promise<HttpResponse> {
    const response = await visit.origin(visit.request, visit.signal)
    await this.invalidateAfter(visit.request, response)
    return passed({ visit, forward: 'method' }, response, undefined)
  }

  /** Past the cache. `key`: a response that could have been stored ends the waiting-for-nobody of that key. */
  async #pass(visit: Visit, key: string | undefined, detail: string): Promise<HttpResponse> {
    const response = await visit.origin(visit.request, visit.signal)
    if (key !== undefined && !hasField(response.fields, 'set-cookie')) this.#hitForMiss.forget(key)
    return passed({ visit, forward: 'bypass' }, response, detail)
  }

  /** The hot path: a fresh response in memory that every client may be given. */
  #fromMemory(visit: Visit, key: string): HttpResponse | undefined {
    const { request, rule } = visit
    const entry = this.#space.memory?.hit(key)
    if (entry === undefined) return undefined
    const stored = unpackResponse(entry.value)
    if (stored === undefined || !selects(stored, request)) return undefined
    const use = this.#judge(stored, entry.storedAt, directivesOf(rule, request))
    if (use.use !== 'fresh') return undefined
    countHit(this.#space, key)
    return this.#hit(visit, stored, use.age)
  }

  /** `round`: 0 by the URL, 1 by the variant as well. */
  async #fromTiers(visit: Visit, key: string, round = 0): Promise<HttpResponse> {
    const { request, rule } = visit
    const directives = directivesOf(rule, request)
    const call = this.#callOf(visit, key)
    const found = await find(this.#space, call)
    const held = found.fresh ?? found.stale
    const stored = unpackResponse(held?.entry.value)
    if (stored !== undefined && !selects(stored, request) && round === 0) {
      return await this.#variant(visit, key, stored)
    }
    const isStored = stored !== undefined && held !== undefined && selects(stored, request)
    const use = isStored ? this.#useOf(stored, held, directives, found) : undefined
    if (use?.use === 'fresh' && isStored) {
      reportRead(this.#space, key, 'hit', held.tier)
      return this.#hit(visit, stored, use.age)
    }
    if (directives.onlyIfCached) return unsatisfied()
    if (request.method === 'HEAD' && rule.policy === undefined) {
      return await this.#head(visit, key, isStored ? stored : undefined)
    }
    if (!isStored) {
      if (this.#hitForMiss.has(key, this.#now()))
        return await this.#pass(visit, key, 'hit-for-miss')
      if (!this.#counts.isEnough(key, rule.storeAfter, this.#now())) {
        return await this.#pass(visit, undefined, 'seldom')
      }
    }
    return await this.#load(visit, {
      key,
      call,
      found,
      held,
      stored: isStored ? stored : undefined,
      use,
      round,
    })
  }

  async #load(visit: Visit, looked: Looked): Promise<HttpResponse> {
    const { key, found, held, stored, use } = looked
    const behind = use?.use === 'stale-while-revalidate'
    const onError =
      use?.use === 'validate' && (use.onError || (use.offline && visit.isRemote === true))
    const live = new Live()
    const fetching = {
      visit,
      stored,
      onError: behind || (use?.use === 'validate' && use.onError),
      live,
      forward: stored === undefined ? 'uri-miss' : found.fresh === undefined ? 'stale' : 'request',
      rules: this.#rules,
      now: () => this.#now(),
    } as const
    if (behind) live.close()
    const call: LoadedCall = {
      ...looked.call,
      policy: { ...looked.call.policy, softTimeout: behind ? 0 : Infinity },
      load: (context) => fetchResponse(fetching, context),
    }
    const stale = behind || onError ? held : undefined
    const landing = read(this.#space, call, { ...found, fresh: undefined, stale, isDue: false })
    landing.catch(() => undefined) // who is answered while the load goes on hears of its failure by the body
    const first = await Promise.race([live.offered, landing]).catch(passable)
    if (first === undefined) return await this.#pass(visit, undefined, 'failed-elsewhere')
    return 'outcome' in first ? await this.#landed(visit, looked, first) : first
  }

  /** What a load brought that another request had started, or that ended in what was stored. */
  async #landed(visit: Visit, { key, round, use }: Looked, answer: Answer): Promise<HttpResponse> {
    const value = answer.value as Landed
    if ('pass' in value) {
      if (!isPassing(value.pass)) this.#hitForMiss.note(key, this.#now())
      return await this.#pass(visit, undefined, value.pass)
    }
    const stored = unpackResponse(value)
    if (stored === undefined) return await this.#pass(visit, undefined, 'unreadable')
    if (!selects(stored, visit.request)) {
      return round === 0
        ? await this.#variant(visit, key, stored)
        : await this.#pass(visit, undefined, 'vary')
    }
    const storedAt = answer.entry?.storedAt ?? this.#engine.clock.now()
    const { age } = this.#judge(stored, storedAt, NO_DIRECTIVES)
    if (answer.outcome === 'stale') {
      return present(visit.request, stored, age, {
        hit: true,
        ttl: ttlOf(stored, age),
        detail: use?.use === 'validate' ? 'stale-if-error' : 'stale-while-revalidate',
      })
    }
    return present(visit.request, stored, age, {
      fwd: 'uri-miss',
      collapsed: true,
      ttl: ttlOf(stored, age),
    })
  }

  async #variant(visit: Visit, key: string, other: StoredResponse): Promise<HttpResponse> {
    const own = variantKey(key, other.vary, visit.request)
    if (!this.#variants.admits(key, own, this.#now())) {
      return await this.#pass(visit, undefined, 'variants')
    }
    return this.#fromMemory(visit, own) ?? (await this.#fromTiers(visit, own, 1))
  }

  /** A HEAD goes to the origin as it is; what it says of the stored response counts (RFC 9111 section 4.3.5). */
  async #head(
    visit: Visit,
    key: string,
    stored: StoredResponse | undefined,
  ): Promise<HttpResponse> {
    const response = await visit.origin(visit.request, visit.signal)
    if (stored !== undefined && response.status === 200 && !headAgrees(stored, response)) {
      await invalidate(this.#space, { kind: 'expire', key })
    }
    return passed(
      { visit, forward: stored === undefined ? 'uri-miss' : 'stale' },
      response,
      undefined,
    )
  }

  #hit({ request }: Visit, stored: StoredResponse, age: number): HttpResponse {
    return present(request, stored, age, { hit: true, ttl: ttlOf(stored, age) })
  }

  /** What the tiers call stale (invalidated softly, or perhaps unheard) is not fresh, whatever its age. */
  #useOf(stored: StoredResponse, held: Held, directives: Directives, found: Found): Use {
    const use = this.#judge(stored, held.entry.storedAt, directives)
    if (found.fresh !== undefined || use.use !== 'fresh') return use
    const { staleWhileRevalidate, staleIfError } = stored.lifetime
    return staleWhileRevalidate > 0
      ? { use: 'stale-while-revalidate', age: use.age }
      : { use: 'validate', age: use.age, onError: staleIfError > 0, offline: false }
  }

  #judge({ lifetime }: StoredResponse, storedAt: number, directives: Directives): Use {
    return useOf(directives, { lifetime, storedAt }, this.#engine.clock.now())
  }

  #callOf({ rule, request, c, signal }: Visit, key: string): Call {
    const { limits } = this.#engine.settings
    const said = rule.tags === undefined ? [] : parseTags(rule.tags(c), limits)
    const own = [urlTag(request), ...(rule.route === undefined ? [] : [routeTag(rule.route)])]
    const policy: Policy = {
      ...this.#policy,
      ttl: rule.policy?.ttl ?? DEFAULT_LIFE,
      grace: rule.policy?.grace ?? DEFAULT_LIFE,
      jitter: rule.policy === undefined ? 0 : this.#policy.jitter,
      tags: [...own, ...said],
      hardTimeout: Infinity,
      earlyRefresh: 0,
      signal,
    }
    return {
      key,
      policy,
      load: undefined,
      ticket: this.#engine.next(),
      gated: false,
      accept: undefined,
      unlimitedTags: own.length,
    }
  }

  #now(): number {
    return this.#engine.clock.wall()
  }
}

interface Looked {
  readonly key: string
  readonly call: Call
  readonly found: Found
  readonly held: Held | undefined
  readonly stored: StoredResponse | undefined
  readonly use: Use | undefined
  readonly round: number
}

/** Milliseconds for which the versions of tags are kept at least, before a response says how long it lives. */
const DEFAULT_LIFE = 300_000

/** Whether another request for the key may well be stored: the origin failed, or the body did. */
function isPassing(reason: string): boolean {
  return reason === 'status' || reason === 'broken' || reason === 'length'
}

/** A load that failed in another process says nothing that a client could be told: each asks for himself. */
function passable(error: unknown): undefined {
  if (error instanceof RemoteLoadError || error instanceof OriginFailure) return undefined
  throw error
}

/** Why a request does not take part. */
function bypassOf({ request, rule, c }: Visit): string | undefined {
  if (hasField(request.fields, 'authorization') && rule.policy !== undefined) {
    if (rule.authorization === 'bypass' || rule.key.user?.(c) === undefined) return 'authorization'
  }
  return undefined
}

/** Under a policy a client's wishes do not count: it cannot make the origin work. */
function directivesOf({ policy }: Rule, { fields }: HttpRequest): Directives {
  return policy === undefined ? requestDirectives(fields) : NO_DIRECTIVES
}

/** RFC 9111 section 4.1. */
function selects({ vary, varyValues: then }: StoredResponse, { fields }: HttpRequest): boolean {
  if (vary.length === 0) return true
  return varyValues(fields, vary).every((value, i) => value === then[i])
}

/** Seconds; negative when stale. */
function ttlOf({ lifetime }: StoredResponse, age: number): number {
  return Math.floor((lifetime.freshFor - age) / 1_000)
}

/** RFC 9111 section 5.2.1.7. */
function unsatisfied(): HttpResponse {
  return {
    status: 504,
    fields: ['cache-status', 'strata; fwd=miss; detail=only-if-cached', 'content-length', '0'],
    body: undefined,
  }
}
