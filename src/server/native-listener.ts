import { AsyncResource } from 'node:async_hooks'
import { lookup } from 'node:dns/promises'
import type { HttpResponse } from '../http/message.js'
import type { NativeBinding, NativeFront } from '../native/contract.js'
import { isPromise } from './chain.js'
import type { Core } from './core.js'
import { listenErrorOf } from './listen-error.js'
import type { ListenAddress, Listener, ListenerCounts } from './listener.js'
import { NativeAnswers } from './native-answers.js'
import { nativeConfig } from './native-config.js'
import { NativeExchanges } from './native-exchanges.js'
import { type NativeExchange, NativeIncoming } from './native-incoming.js'
import { NativeLoop } from './native-loop.js'
import { NativeMatch } from './native-match.js'
import type { NativeResponses } from './native-responses.js'
import { HEARD, kindOf, pieceOf, type Shared } from './native-wire.js'
import { NativeWriter } from './native-writer.js'
import type { Reporter } from './reporter.js'
import type { ServerCounters } from './server-stats.js'
import type { ServerSettings } from './settings.js'

export interface NativeListenerParts {
  readonly binding: NativeBinding
  /** Of the server's cache; undefined: it has no memory. */
  readonly responses: NativeResponses | undefined
  readonly core: Core
  readonly settings: ServerSettings
  readonly counters: ServerCounters
  readonly reporter: Reporter
  /** The routes of this moment, as Rust takes them. */
  readonly program: () => string
}

/** A timer that keeps the process alive has to have some time. */
const LONG = 2 ** 30

/** Of a store that nothing is put into. */
const NO_BYTES = 1

/** Each request is one of its own to whatever follows it through promises and callbacks. Nobody is told when it is collected. */
const OF_ITS_OWN = { requireManualDestroy: true, triggerAsyncId: 1 }

/** HTTP/1.1 by the front in Rust. */
export class NativeListener implements Listener {
  readonly isNative = true
  readonly #parts: NativeListenerParts
  readonly #exchanges = new NativeExchanges()
  readonly #loop: NativeLoop
  readonly #answers: NativeAnswers
  readonly #exchange: NativeExchange
  readonly #match = new NativeMatch()
  #front: NativeFront | undefined
  #alive: NodeJS.Timeout | undefined
  /** Says that it does not answer from the store any more. */
  #unused: (() => void) | undefined
  #isClosed = false
  #onClosed: (() => void) | undefined
  /** Requests that the core has counted as well. */
  #taken = 0
  #last: ListenerCounts = { requests: 0, hits: 0, refused: 0, aborted: 0 }

  constructor(parts: NativeListenerParts) {
    const { counters, reporter, settings, responses } = parts
    this.#parts = parts
    this.#loop = new NativeLoop({
      take: (shared, at, bytes) => this.#take(shared, at, bytes),
      onBroken: (error) => this.#break(error),
    })
    const writer = new NativeWriter(this.#loop.out)
    this.#answers = new NativeAnswers({
      writer,
      counters,
      reporter,
      closes: settings.timeouts.idle === 0,
      onComplete: (incoming) => this.#exchanges.delete(incoming),
    })
    this.#exchange = { writer, answers: this.#answers, desk: responses }
  }

  async listen(): Promise<ListenAddress> {
    const { settings, program, binding, responses } = this.#parts
    let front: NativeFront
    try {
      const { address } = await lookup(settings.host)
      const config = nativeConfig(settings, address)
      const store = responses?.store ?? new binding.NativeStore(NO_BYTES)
      front = binding.NativeFront.open(config, program(), store, this.#loop.turn)
    } catch (cause) {
      throw listenErrorOf(settings, cause as Error)
    }
    this.#front = front
    this.#loop.start(front)
    this.#unused = responses?.use()
    this.#alive = setInterval(() => undefined, LONG)
    return front.address()
  }

  async close(timeout: number): Promise<void> {
    const front = this.#front
    if (front === undefined) return
    this.#alive?.ref() // what it waits for comes from another thread
    await new Promise<void>((resolve) => {
      if (this.#isClosed) return resolve()
      this.#onClosed = resolve
      front.close(timeout)
    })
    this.#last = this.counts()
    this.#loop.stop()
    this.#front = undefined
    front.join()
    this.#unused?.()
    for (const incoming of this.#exchanges.all()) this.#leave(incoming)
    clearInterval(this.#alive)
  }

  keepAlive(isKept: boolean): void {
    if (isKept) this.#alive?.ref()
    else this.#alive?.unref()
  }

  connections(): number {
    return this.#front?.stats().connections ?? 0
  }

  counts(): ListenerCounts {
    if (this.#front === undefined) return this.#last
    const { requests, hits, refused, aborted } = this.#front.stats()
    return { requests: Math.max(0, requests - this.#taken), hits, refused, aborted }
  }

  routesChanged(): void {
    this.#front?.setProgram(this.#parts.program())
  }

  #take(shared: Shared, at: number, bytes: number): void {
    const kind = kindOf(shared, at)
    if (kind === HEARD.request) this.#takeRequest(shared, at, bytes)
    else if (kind === HEARD.closed) this.#closed()
    else this.#hear(kind, shared, at >> 2)
  }

  #takeRequest(shared: Shared, at: number, bytes: number): void {
    const incoming = new NativeIncoming(this.#exchange, shared, at, bytes)
    if (!incoming.isBackground) this.#taken++
    const match = this.#match.read(incoming, shared.words, at >> 2)
    new AsyncResource('StrataRequest', OF_ITS_OWN).runInAsyncScope(
      this.#answer,
      undefined,
      incoming,
      match,
    )
    // of one that is answered already nothing more will be heard
    if (!incoming.isComplete && !incoming.isBackground) this.#exchanges.add(incoming)
  }

  readonly #answer = (incoming: NativeIncoming, match: NativeMatch | undefined): void => {
    const { core } = this.#parts
    const answer = incoming.isBackground
      ? core.refresh(incoming, match)
      : core.answer(incoming, match)
    if (isPromise(answer)) void answer.then((response) => this.#answered(incoming, response))
    else this.#answered(incoming, answer)
  }

  #answered(incoming: NativeIncoming, response: HttpResponse): void {
    this.#answers.respond(incoming, response)
    incoming.fill?.release()
  }

  /** Something about a request that was taken before. */
  #hear(kind: number, shared: Shared, word: number): void {
    const { words } = shared
    const incoming = this.#exchanges.find(words[word + 2] as number, words[word + 3] as number)
    if (incoming === undefined) return
    if (kind === HEARD.gone) this.#leave(incoming)
    else if (kind === HEARD.drained) incoming.onDrained?.()
    else if (kind === HEARD.bodyEnd) incoming.reading?.ended()
    else if (kind === HEARD.bodyError) incoming.reading?.failed(words[word + 4] as number)
    else if (kind === HEARD.bodyData) incoming.reading?.came(pieceOf(shared, word))
  }

  #leave(incoming: NativeIncoming): void {
    this.#exchanges.delete(incoming)
    incoming.leave()
  }

  #closed(): void {
    this.#isClosed = true
    this.#onClosed?.()
  }

  /** A fault of ours, after which nobody would be answered rightly. */
  #break(error: unknown): void {
    this.#parts.reporter.error('the native listener', error)
    this.#front?.close(0)
  }
}
