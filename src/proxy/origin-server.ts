import type { Dispatcher, Pool } from 'undici'
import { type Clock, systemClock } from '../clock.js'
import { parseDuration, type Duration } from '../entry/duration.js'
import type { HttpResponse } from '../http/message.js'
import { Attempt } from './attempt.js'
import type { ForwardRequest } from './forward-request.js'
import { openPool } from './open-pool.js'
import { originFailure } from './origin-failure.js'
import type { OriginOptions } from './origin-options.js'
import { type OriginSettings, parseOriginSettings } from './origin-settings.js'
import { outbound } from './outbound.js'
import { isRetriable, type Received } from './retry.js'
import { SentBody } from './sent-body.js'
import { hasPassed } from './via.js'
import { WaitingRoom } from './waiting-room.js'

/** A server that requests are forwarded to, over connections that are kept. */
export interface OriginServer {
  readonly url: string
  /** Whether the request has passed here before. */
  isLoop(request: ForwardRequest): boolean
  /** The request as the origin gets it. */
  outbound(request: ForwardRequest): ForwardRequest
  /**
   * Sends what `outbound` made. Rejects with `HttpError`: 502, no answer or one that is none; 503, too many wait; 504, not in
   * time; with what the request's body fails with, or with the signal's reason. A body that breaks off fails when it is read.
   */
  send(request: ForwardRequest, signal?: AbortSignal): Promise<HttpResponse>
  /** Both. */
  forward(request: ForwardRequest, signal?: AbortSignal): Promise<HttpResponse>
  stats(): OriginStats
  /** Takes no more requests, lets those that run be answered for so long (default 10s), then cuts them off. */
  close(timeout?: Duration): Promise<void>
}

export interface OriginStats {
  /** Open, busy or not. */
  readonly connections: number
  /** Requests that wait for one. */
  readonly waiting: number
}

/** Opens no connection yet. Rejects with `InvalidOptionError`. */
export async function createOrigin(
  url: string | URL,
  options: OriginOptions = {},
): Promise<OriginServer> {
  return await openOrigin(parseOriginSettings(url, options))
}

export async function openOrigin(
  settings: OriginSettings,
  clock: Clock = systemClock,
): Promise<OriginServer> {
  const received: Received = new WeakMap()
  return new PooledOrigin({ settings, clock, received, pool: await openPool(settings, received) })
}

interface Parts {
  readonly settings: OriginSettings
  readonly clock: Clock
  readonly received: Received
  readonly pool: Pool
}

class PooledOrigin implements OriginServer {
  readonly url: string
  readonly #settings: OriginSettings
  readonly #clock: Clock
  readonly #pool: Pool
  readonly #received: Received
  readonly #room: WaitingRoom
  #closing: Promise<void> | undefined

  constructor({ settings, clock, received, pool }: Parts) {
    const { url, waiting, timeouts } = settings
    this.url = url.origin
    this.#settings = settings
    this.#clock = clock
    this.#pool = pool
    this.#received = received
    this.#room = new WaitingRoom(waiting, timeouts.connect)
  }

  isLoop(request: ForwardRequest): boolean {
    return hasPassed(request.fields, this.#settings.name)
  }

  outbound(request: ForwardRequest): ForwardRequest {
    return outbound(request, this.#settings)
  }

  forward(request: ForwardRequest, signal?: AbortSignal): Promise<HttpResponse> {
    return this.send(this.outbound(request), signal)
  }

  async send(request: ForwardRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const body = request.body === undefined ? undefined : new SentBody(request.body)
    for (let isAgain = false; ; isAgain = true) {
      signal?.throwIfAborted()
      const attempt = this.#attempt(request, body, signal)
      try {
        return await attempt.response
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason
        if (body?.failure !== undefined) throw body.failure.error
        const failed = { error, hasBegun: attempt.hasBegun }
        // RFC 9110 section 9.2.2: a failed retry is not tried again
        if (isAgain || !isRetriable(request, failed, this.#received)) {
          throw originFailure(this.url, error)
        }
      }
    }
  }

  stats(): OriginStats {
    return { connections: this.#pool.stats.connected, waiting: this.#room.waiting }
  }

  async close(timeout: Duration = '10s'): Promise<void> {
    const ms = parseDuration(timeout, 'timeout', { max: 86_400_000 })
    if (this.#pool.destroyed) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await Promise.race([(this.#closing ??= this.#pool.close()), late])
    clearTimeout(timer)
    await this.#pool.destroy()
  }

  #attempt(
    request: ForwardRequest,
    body: SentBody | undefined,
    signal: AbortSignal | undefined,
  ): Attempt {
    const onStart = this.#room.enter((error) => attempt.abort(error))
    const onAbort = (): void => attempt.abort(errorOf(signal?.reason))
    const onEnd = (): void => signal?.removeEventListener('abort', onAbort)
    const attempt = new Attempt({ request, clock: this.#clock, url: this.url, onStart, onEnd })
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#pool.dispatch(this.#dispatched(request, body), attempt)
    return attempt
  }

  #dispatched(request: ForwardRequest, body: SentBody | undefined): Dispatcher.DispatchOptions {
    const { method, target, fields } = request
    const options = {
      path: target,
      method,
      headers: fields as string[],
      body: body ?? null,
      // one for all, or each other Host would cost a connection
      servername: this.#settings.url.hostname,
    }
    // undici takes any iterable, which its types do not say
    return options as unknown as Dispatcher.DispatchOptions
  }
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new DOMException('aborted', 'AbortError')
}
