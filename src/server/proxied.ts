import type { Cache } from '../cache/cache.js'
import { HttpError } from '../errors.js'
import { ResponseCache } from '../http/response-cache.js'
import { httpRule, parseRoutePolicy, type Rule } from '../http/route-policy.js'
import type { RuleFault } from '../http/rule-functions.js'
import type { ForwardRequest } from '../proxy/forward-request.js'
import { openOrigin, type OriginServer } from '../proxy/origin-server.js'
import type { OriginSettings } from '../proxy/origin-settings.js'
import { type Proxy, proxyThrough } from '../proxy/proxy-through.js'
import type { Context } from './context.js'
import type { Handler } from './options.js'
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
    const parsed = ruleOf(pattern, rule)
    let proxy: Promise<Proxy> | undefined
    return async (c) => {
      const answer = (proxy ??= this.#proxy(parsed))
      return Reply.of(await (await answer)(this.#forwarded(c), signalled(c)))
    }
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
function ruleOf(pattern: string, rule: unknown): Rule {
  if (rule === true) return httpRule(pattern)
  return parseRoutePolicy(
    rule as Parameters<typeof parseRoutePolicy>[0],
    pattern,
    `rules.${pattern}`,
  )
}

function signalled(c: Context): { readonly signal: AbortSignal; readonly c: Context } {
  return {
    get signal() {
      return c.req.signal
    },
    c,
  }
}
