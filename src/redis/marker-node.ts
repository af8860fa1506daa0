import { isReply, saidBy } from './failure-text.js'
import { Pulse } from './pulse.js'
import type { CommandClient } from './redis-client.js'

/** What a connection to one master tells its bus. */
export interface MarkerNodeListener {
  /** Everything that is marked at this master from now on is heard. */
  tracked(node: MarkerNode): void
  lost(node: MarkerNode): void
  refused(node: MarkerNode, reason: string): void
  /** Names of keys; undefined: all keys of the master are gone. */
  heard(node: MarkerNode, keys: readonly string[] | undefined): void
}

const CHANNEL = '__redis__:invalidate'

/** Milliseconds until a master that refused is asked again. */
const RETRY = 5_000

/**
 * The connection to one master on which its markers are heard: tracking in broadcast mode, redirected to itself, since
 * RESP2 delivers it as messages. After a loss the server has forgotten that, so it is set up on every connection anew.
 */
export class MarkerNode {
  readonly id: string
  readonly pulse: Pulse
  /** The moment before it was asked to track; undefined while it does not. */
  trackedFrom: number | undefined
  /** Everything marked before that moment has been heard. */
  provenFrom: number = -Infinity
  readonly #client: CommandClient
  readonly #prefixes: readonly string[]
  readonly #listener: MarkerNodeListener
  readonly #now: () => number
  readonly #events: readonly (readonly [event: string, listener: (...args: unknown[]) => void])[]
  #generation = 0
  /** When it refused to track, if it did. */
  #refusedAt: number | undefined
  #closed = false

  constructor(
    id: string,
    client: CommandClient,
    parts: {
      readonly prefixes: readonly string[]
      readonly listener: MarkerNodeListener
      /** Of heartbeats. */
      readonly nonce: () => string
      readonly now: () => number
    },
  ) {
    this.id = id
    this.pulse = new Pulse(parts.nonce)
    this.#client = client
    this.#prefixes = parts.prefixes
    this.#listener = parts.listener
    this.#now = parts.now
    this.#events = [
      ['ready', () => void this.#track()],
      ['close', () => this.#lost()],
      ['end', () => this.#lost()],
      ['error', () => {}], // what it leads to (a close, another attempt) is an event of its own
      ['messageBuffer', (_, keys) => this.#heard(keys)],
    ]
    for (const [event, listener] of this.#events) client.on(event, listener)
    this.dial()
  }

  get isTracked(): boolean {
    return this.trackedFrom !== undefined
  }

  dial(): void {
    if (this.#client.status === 'ready') void this.#track()
    // how it went is told by the events
    else this.#client.connect().catch(() => {})
  }

  /** Where nothing else leads to another attempt: it has refused, or ioredis gave up. */
  retry(): void {
    const isRefused = this.#refusedAt !== undefined && this.#now() - this.#refusedAt >= RETRY
    if (!this.#closed && (isRefused || this.#client.status === 'end')) this.dial()
  }

  /** A sign of life of a master that has no slot to send a heartbeat through. */
  async ping(): Promise<void> {
    const generation = this.#generation
    const sentAt = this.#now()
    await this.#client.ping()
    if (generation === this.#generation && this.isTracked) this.provenFrom = sentAt
  }

  /** Drops the connection; it is dialled anew. */
  drop(): void {
    this.#client.stream?.destroy()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const [event, listener] of this.#events) this.#client.removeListener(event, listener)
    // it may still report the end of its socket
    this.#client.on('error', () => {})
    this.#client.disconnect()
    this.#client.stream?.destroy()
  }

  async #track(): Promise<void> {
    const generation = ++this.#generation
    const askedAt = this.#now()
    this.#refusedAt = undefined
    this.pulse.reset()
    try {
      const client = this.#client
      const id = String(await client.call('CLIENT', 'ID'))
      const prefixes = this.#prefixes.flatMap((prefix) => ['PREFIX', prefix])
      await client.call('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id, 'BCAST', ...prefixes)
      await client.subscribe(CHANNEL)
    } catch (error) {
      // a connection that is cut meanwhile comes back
      if (generation !== this.#generation || this.#closed || !isReply(error)) return
      this.#refusedAt = this.#now()
      this.#listener.refused(this, saidBy(error))
      return
    }
    if (generation !== this.#generation || this.#closed) return
    this.trackedFrom = askedAt
    this.provenFrom = askedAt
    this.#listener.tracked(this)
  }

  #lost(): void {
    if (this.#closed) return
    this.#generation++
    this.pulse.reset()
    if (this.trackedFrom === undefined) return
    this.trackedFrom = undefined
    this.#listener.lost(this)
  }

  #heard(keys: unknown): void {
    if (keys === null) return this.#listener.heard(this, undefined)
    if (Array.isArray(keys)) this.#listener.heard(this, keys.map(String))
  }
}
