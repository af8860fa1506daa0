import type { Cache } from '../cache/cache.js'
import { HttpError } from '../errors.js'
import { ResponseCache } from '../http/response-cache.js'
import { httpRule, parseRoutePolicy, type Rule } from '../http/route-policy.js'
import type { RuleFault } from '../http/rule-functions.js'
import type { ForwardRequest } from '../proxy/forward-request.js'
import { openOrigin, type OriginServer } from '../proxy/origin-server.js'
import type { OriginSettings } from '../proxy/origin-settings.js'
import { type ProxiedBy, type Proxy, proxyThrough } from '../proxy/proxy-through.js'
import type { Context } from './context.js'
import { splitNative } from './native-option.js'
import type { SaidRule } from './native-rule.js'
import type { Handler, RouteCachePolicy } from './options.js'
import { Reply } from './reply.js'
import { requestOf } from './route-visit.js'

export interface ProxiedParts {
  readonly settings: OriginSettings
  /** Bytes of a request's body. */
  readonly bodyBytes: number
  readonly cacheOf: () => Cache
  /** Told of functions of rules that failed. */
  readonly onRuleFault: (fault: RuleFault) => void
}

/** The origin behind a server, opened when it is first needed, and the cache between the two. */
export class Proxied {
  readonly #parts: ProxiedParts
  #origin: Promise<OriginServer> | undefined
  /** Of the handlers that were made. */
  readonly #rules = new WeakMap<Handler, SaidRule>()
  #responses: ResponseCache | undefined
  #isClosed = false

  constructor(parts: ProxiedParts) {
    this.#parts = parts
  }

  /** Rejects when undici cannot be loaded. */
  async open(): Promise<OriginServer> {
    if (this.#isClosed) throw new HttpError(503, 'the server is closed')
    return await (this.#origin ??= openOrigin(this.#parts.settings))
  }

  /** Answers a request from the cache or the origin. Throws `InvalidOptionError` for a rule that is none. */
  handler(pattern: string, rule: unknown): Handler {
    const said = saidRule(pattern, rule)
    let proxy: Promise<Proxy> | undefined
    const handler: Handler = async (c) => {
      const answer = (proxy ??= this.#proxy(said.rule))
      return Reply.of(await (await answer)(this.#forwarded(c), signalled(c)))
    }
    this.#rules.set(handler, { ...said, via: this.#parts.settings.name })
    return handler
  }

  /** By which it caches. Undefined: the handler is none of these. */
  ruleOf(handler: Handler): SaidRule | undefined {
    return this.#rules.get(handler)
  }

  /** Ends all connections to the origin: nobody waits for an answer of it any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    const origin = await this.#origin?.catch(() => undefined) // it was never opened
    await origin?.close(0)
  }

  async #proxy(rule: Rule): Promise<Proxy> {
    const origin = await this.open()
    const { cacheOf, onRuleFault } = this.#parts
    this.#responses ??= new ResponseCache(cacheOf(), { onRuleFault })
    return proxyThrough(this.#responses, origin, { rule })
  }

  #forwarded(c: Context): ForwardRequest {
    const { incoming } = c.req
    const { length, client, version } = incoming
    const { bodyBytes } = this.#parts
    return {
      ...requestOf(c),
      // taken when it is sent on, not before: a client that waits for 100 is told to go on by then
      body:
        length === 0
          ? undefined
          : { [Symbol.asyncIterator]: () => incoming.chunks(bodyBytes)[Symbol.asyncIterator]() },
      client,
      version,
      onInformation: (status, fields) => incoming.inform?.(status, fields),
    }
  }
}

/** `true`: as the responses say of themselves. */
function saidRule(pattern: string, option: unknown): SaidRule {
  if (option === true) return { rule: httpRule(pattern), native: undefined }
  const where = `rules.${pattern}`
  const { policy, native } = splitNative(option as RouteCachePolicy, where)
  return { rule: parseRoutePolicy(policy, pattern, where), native }
}

function signalled(c: Context): ProxiedBy {
  return {
    get signal() {
      return c.req.signal
    },
    c,
    fill: c.req.incoming.fill,
  }
}
