import type { Cancel, Clock } from '../../clock.js'
import type { ServerSentEvent } from '../../server/index.js'
import type { StatsView } from './stats-view.js'

/** Milliseconds between two events. */
const EVERY = 1_000

const MOST_CLIENTS = 32

/** A client shows its token again after so many: one that was withdrawn is not good for longer. */
const MOST_EVENTS = 300

export interface StatsFeedOptions {
  readonly view: () => StatsView
  readonly clock: Clock
}

/** The events of `GET /events`: one a second, made once for all clients, and not at all while there are none. */
export class StatsFeed {
  readonly #options: StatsFeedOptions
  #clients = 0
  #isClosed = false
  /** Raised when all streams of now are to end. */
  #generation = 0
  #cancel: Cancel | undefined
  #latest: { readonly text: string; readonly at: number } | undefined
  /** What those who have taken everything wait for. */
  #next: Deferred<string | undefined> | undefined

  constructor(options: StatsFeedOptions) {
    this.#options = options
  }

  get clients(): number {
    return this.#clients
  }

  get isFull(): boolean {
    return this.#isClosed || this.#clients >= MOST_CLIENTS
  }

  /** For one client. Who is slow gets fewer: nothing is kept for him while he does not ask. */
  async *events(): AsyncGenerator<ServerSentEvent> {
    // counted where it begins, for what was never begun is never ended
    if (this.isFull) return
    this.#clients++
    const generation = this.#generation
    this.#tickLater()
    try {
      yield { event: 'stats', data: this.#now() }
      for (let sent = 1; sent < MOST_EVENTS; sent++) {
        if (generation !== this.#generation) return
        const text = await (this.#next ??= deferred<string | undefined>()).promise
        if (text === undefined) return
        yield { event: 'stats', data: text }
      }
      yield { event: 'renew', data: '' }
    } finally {
      this.#clients--
      if (this.#clients === 0) this.#stop()
    }
  }

  /** Ends the streams of all clients, who may come again and are then asked who they are. */
  disconnect(): void {
    this.#generation++
    this.#tell(undefined)
  }

  /** Ends them for good. */
  close(): void {
    this.#isClosed = true
    this.disconnect()
    this.#stop()
  }

  #tickLater(): void {
    this.#cancel ??= this.#options.clock.after(EVERY, () => {
      this.#cancel = undefined
      if (this.#next !== undefined) this.#tell(this.#make())
      if (this.#clients > 0) this.#tickLater()
    })
  }

  #stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #tell(text: string | undefined): void {
    const next = this.#next
    this.#next = undefined
    next?.resolve(text)
  }

  #now(): string {
    const latest = this.#latest
    const isNew = latest !== undefined && this.#options.clock.now() - latest.at < EVERY
    return isNew ? latest.text : this.#make()
  }

  #make(): string {
    const text = JSON.stringify(this.#options.view())
    this.#latest = { text, at: this.#options.clock.now() }
    return text
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
