import type { Cancel, Clock } from '../clock.js'
import type { Link, LinkStatus } from '../tier/link.js'
import type { Connection } from './connect.js'
import { quietAsking } from './quiet-asking.js'
import type { CommandClient } from './redis-client.js'
import type { RedisTime } from './redis-time.js'

/** Milliseconds a server may accept our connection and then say nothing before we drop it. */
const HANDSHAKE_LIMIT = 5_000

/** Milliseconds between measurements of Redis time: clocks drift apart, and servers' clocks are set. */
const MEASURE_EVERY = 30_000

/** A caller that waits for a first connection gains nothing by waiting on after one of these. */
const FATAL = /^-?(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR AUTH\b)/

export interface RedisLinkParts {
  readonly connectTimeout: number
  readonly clock: Clock
  readonly time: RedisTime
  /** Something that should be ready, or known not to become so, before the first operation is sent. Never rejects. */
  readonly companion?: Promise<void>
}

/**
 * The connection to Redis as the rest of the program sees it: ready when commands may be sent *and* Redis time is known.
 * Holds the listeners on the client (an `error` listener always: an error event without one ends the process).
 */
export class RedisLink implements Link {
  readonly started: Promise<void>
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #time: RedisTime
  readonly #listeners: (() => void)[] = []
  readonly #events: readonly (readonly [event: string, listener: (...args: unknown[]) => void])[]
  #status: LinkStatus = 'connecting'
  #reason: string | undefined
  #closed = false
  #measuring = false
  #generation = 0
  #runId = ''
  #start!: () => void
  #cancelStart: Cancel
  #cancelWatch: Cancel | undefined
  #cancelMeasure: Cancel | undefined

  readonly #companion: Promise<void>

  constructor(connection: Connection, parts: RedisLinkParts) {
    const { connectTimeout, clock, time, companion = Promise.resolve() } = parts
    this.#connection = connection
    this.#clock = clock
    this.#time = time
    this.#companion = companion
    this.started = new Promise((resolve) => {
      this.#start = resolve
    })
    this.#cancelStart = clock.after(connectTimeout, () => this.#start())
    this.#events = [
      ['connect', () => this.#watch()],
      ['ready', () => void this.#ready()],
      ['close', () => this.#lost()],
      ['reconnecting', () => this.#lost()],
      ['end', () => this.#ended()],
      ['error', (error: unknown) => this.#heard(error)],
      ['node error', (error: unknown) => this.#heard(error)],
      ['+node', (node: unknown) => this.#joined(node as CommandClient)],
    ]
    for (const node of connection.client.nodes?.('all') ?? []) quietAsking(node)
    for (const [event, listener] of this.#events) connection.client.on(event, listener)
    if (connection.own) this.#dial()
    else if (connection.client.status === 'ready') void this.#ready()
    else this.#reason = `the client given is not ready (status '${connection.client.status}')`
  }

  get status(): LinkStatus {
    return this.#status
  }

  reason(): string | undefined {
    return this.#reason
  }

  /** Incarnation of the connection: what was begun on an earlier one means nothing. */
  get generation(): number {
    return this.#generation
  }

  /** Identity of the server's process at the other end; '' where it is not told, and in Cluster. */
  get runId(): string {
    return this.#runId
  }

  /** Whether a command may be sent this very moment: the client knows a little earlier than its events. */
  isReady(): boolean {
    return this.#status === 'ready' && this.#connection.client.status === 'ready'
  }

  /** Of each master, since an operation may need any of them. */
  async ping(): Promise<void> {
    await Promise.all(this.#servers().map((server) => server.ping()))
  }

  redial(): void {
    if (!this.#connection.own || this.#closed) return
    // destroy, not disconnect(): a half-open socket never finishes the polite way
    for (const server of this.#servers()) server.stream?.destroy()
  }

  /** Takes the time of Redis again, in the background: something does not fit what is known. */
  measureAgain(): void {
    if (!this.#measuring) void this.#measure()
  }

  onChange(fn: () => void): void {
    this.#listeners.push(fn)
  }

  /** Closes our own connection, lets go of a caller's. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const cancel of [this.#cancelStart, this.#cancelWatch, this.#cancelMeasure]) cancel?.()
    this.#set('down', 'closed')
    this.#start()
    const { client, own } = this.#connection
    if (own) await this.#quit(client)
    for (const [event, listener] of this.#events) client.removeListener(event, listener)
    // ours may still report the end of its socket
    if (own) client.on('error', () => {})
  }

  /** QUIT lets the replies under way arrive; a server that does not answer it is left at once. */
  async #quit(client: CommandClient): Promise<void> {
    if (client.status === 'ready') {
      let cancel: Cancel | undefined
      const late = new Promise((resolve) => {
        cancel = this.#clock.after(100, () => resolve(undefined))
      })
      // A refused QUIT changes nothing: the connection is dropped below all the same.
      await Promise.race([client.quit().catch(() => {}), late])
      cancel?.()
    }
    const isEnded = client.status === 'end'
    // what watches the sentinels is not let go by QUIT
    if (!isEnded || client.isCluster !== true) client.disconnect()
    if (isEnded) return
    // which waits two seconds for the other side to agree
    for (const server of this.#servers()) server.stream?.destroy()
  }

  #dial(): void {
    // how it went is told by the events
    this.#connection.client.connect().catch(() => {})
  }

  #servers(): CommandClient[] {
    const { client } = this.#connection
    return client.isCluster === true ? (client.nodes?.('master') ?? []) : [client]
  }

  async #ready(): Promise<void> {
    if (this.#closed) return
    const generation = ++this.#generation
    this.#watch()
    try {
      const [runId] = await Promise.all([this.#askRunId(), this.#time.measure(this.#servers())])
      if (generation !== this.#generation || this.#closed) return
      this.#runId = runId
    } catch (error) {
      // an error reply (no permission for TIME): the watch redials
      if (generation === this.#generation) this.#heard(error)
      return
    }
    this.#cancelWatch?.()
    this.#measureLater()
    this.#set('ready', undefined)
    void this.#companion.then(() => this.#start())
  }

  /** Without permission for INFO nobody is told who the server is; a failover then goes unnoticed (see `ADOPT`). */
  async #askRunId(): Promise<string> {
    const { client } = this.#connection
    if (client.isCluster === true) return ''
    try {
      return /^run_id:(\w+)/m.exec(await client.info('server'))?.[1] ?? ''
    } catch (error) {
      if (error instanceof Error && error.name === 'ReplyError') return ''
      throw error
    }
  }

  #lost(): void {
    if (this.#closed) return
    this.#generation += 1
    this.#cancelWatch?.()
    this.#cancelMeasure?.()
    this.#set('down', this.#reason ?? 'the connection was lost')
  }

  /** ioredis gave up (a failed name look-up among sentinels, for instance); we do not. */
  #ended(): void {
    this.#lost()
    if (!this.#connection.own || this.#closed) return
    this.#cancelWatch = this.#clock.after(2_000, () => this.#dial())
  }

  /** A server that accepts and then says nothing (frozen, or behind a proxy that lost it) must not hold us for ever. */
  #watch(): void {
    this.#cancelWatch?.()
    this.#cancelWatch = this.#clock.after(HANDSHAKE_LIMIT, () => {
      if (this.#connection.own) this.redial()
      else if (this.#connection.client.status === 'ready') void this.#ready()
    })
  }

  #heard(error: unknown): void {
    if (this.#closed) return
    const said = error instanceof Error ? causeOf(error).message : String(error)
    if (this.#status === 'ready') return
    this.#set('down', said)
    if (FATAL.test(said)) this.#start()
  }

  /** Of a Cluster: a node that was not known. */
  #joined(node: CommandClient): void {
    quietAsking(node)
    void this.#measure()
  }

  async #measure(): Promise<void> {
    if (this.#status !== 'ready') return
    this.#measuring = true
    try {
      await this.#time.measure(this.#servers())
    } catch {
      // what was measured before is the best there is
    } finally {
      this.#measuring = false
    }
  }

  #measureLater(): void {
    this.#cancelMeasure?.()
    this.#cancelMeasure = this.#clock.after(MEASURE_EVERY, () => {
      void this.#measure()
      this.#measureLater()
    })
  }

  #set(status: LinkStatus, reason: string | undefined): void {
    if (status === this.#status && reason === this.#reason) return
    this.#status = status
    this.#reason = reason
    for (const listener of this.#listeners) listener()
  }
}

/** A Cluster says only that no node could be asked; why stands in the last node's error. */
function causeOf(error: Error): Error {
  const last: unknown = (error as { lastNodeError?: unknown }).lastNodeError
  return last instanceof Error ? last : error
}
