import { parseMessage } from '../bus/message.js'
import type { Cancel } from '../clock.js'
import { isReply, saidBy } from './failure-text.js'
import { act, BEATS, type HearingParts, LifeRound } from './hearing.js'
import { Pulse } from './pulse.js'
import type { CommandClient } from './redis-client.js'
import { channelOf, heartbeatOf } from './redis-keys.js'
import { versionOf } from './version.js'
import { BEAT } from './version-scripts.js'

export interface PublishBusParts extends HearingParts {
  /** The connection to hear on. Not dialled yet. */
  readonly subscriber: CommandClient
}

/** Milliseconds until a refused channel is asked for again. */
const RETRY = 5_000
/** Milliseconds from the dial until the subscription must stand; a server that says nothing for longer is dialled anew. */
const HANDSHAKE_LIMIT = 5_000

/**
 * Hears of invalidations on one Redis: the scripts that write publish, one connection of each process subscribes. The server
 * writes messages to that connection in order, so a heartbeat of our own that was heard proves that everything acknowledged
 * before it was sent has been heard too.
 */
export class PublishBus {
  /** Resolves when memory is first trusted, or it is known that it will not be soon. */
  readonly started: Promise<void>
  readonly #parts: PublishBusParts
  readonly #channel: string
  readonly #heartbeat: string
  readonly #pulse = new Pulse()
  readonly #events: readonly (readonly [event: string, listener: (...args: unknown[]) => void])[]
  #start!: () => void
  /** Incarnation of the connection. */
  #generation = 0
  #subscribed = false
  readonly #round = new LifeRound()
  #cancelBeat: Cancel | undefined
  #cancelRetry: Cancel | undefined
  #cancelWatch: Cancel | undefined
  #closed = false

  constructor(parts: PublishBusParts) {
    this.#parts = parts
    this.#channel = channelOf(parts.root)
    this.#heartbeat = heartbeatOf(parts.root, parts.instance)
    this.started = new Promise((resolve) => {
      this.#start = resolve
    })
    this.#events = [
      ['connect', () => this.#watch()],
      ['ready', () => void this.#subscribe()],
      ['close', () => this.#lost()],
      ['end', () => this.#ended()],
      ['error', (error: unknown) => this.#parts.trust.doubt(saidBy(error))],
      ['message', (channel: unknown, text: unknown) => this.#heard(String(channel), String(text))],
    ]
    for (const [event, listener] of this.#events) parts.subscriber.on(event, listener)
    this.#dial()
    this.#beatLater()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelBeat?.()
    this.#cancelRetry?.()
    this.#cancelWatch?.()
    const { subscriber } = this.#parts
    for (const [event, listener] of this.#events) subscriber.removeListener(event, listener)
    // it may still report the end of its socket
    subscriber.on('error', () => {})
    subscriber.disconnect()
    subscriber.stream?.destroy()
    this.#start()
  }

  #dial(): void {
    // how it went is told by the events
    this.#parts.subscriber.connect().catch(() => {})
  }

  #watch(): void {
    const { clock, subscriber } = this.#parts
    this.#cancelWatch?.()
    this.#cancelWatch = clock.after(HANDSHAKE_LIMIT, () => subscriber.stream?.destroy())
  }

  /** Trust begins when the subscription stands, never before; from the moment it was asked for. */
  async #subscribe(): Promise<void> {
    const { subscriber, clock, trust, wakes, maxStaleness } = this.#parts
    this.#pulse.reset()
    this.#watch()
    const generation = ++this.#generation
    const askedAt = clock.now()
    try {
      await subscriber.subscribe(this.#channel, this.#heartbeat)
    } catch (error) {
      // a connection that is cut meanwhile comes back
      if (generation === this.#generation && isReply(error)) this.#refused(saidBy(error))
      return
    }
    if (generation !== this.#generation || this.#closed) return
    this.#cancelWatch?.()
    this.#subscribed = true
    trust.raise(askedAt + maxStaleness)
    wakes.wakeAll()
    this.#start()
    this.#beat()
  }

  #refused(reason: string): void {
    const { trust, clock, report } = this.#parts
    trust.doubt(`the channel was refused: ${reason}`)
    report({ type: 'not-coherent', reason: `the channel ${this.#channel} was refused: ${reason}` })
    this.#start()
    this.#cancelWatch?.()
    this.#cancelRetry?.()
    this.#cancelRetry = clock.after(RETRY, () => {
      if (this.#parts.subscriber.status === 'ready') void this.#subscribe()
    })
  }

  #lost(): void {
    if (this.#closed) return
    this.#generation++
    this.#cancelWatch?.()
    this.#subscribed = false
    this.#pulse.reset()
    this.#parts.trust.doubt('the connection of the bus was lost')
  }

  /** ioredis gave up; we do not. */
  #ended(): void {
    this.#lost()
    if (this.#closed) return
    this.#cancelRetry?.()
    this.#cancelRetry = this.#parts.clock.after(2_000, () => this.#dial())
  }

  #heard(channel: string, text: string): void {
    if (channel === this.#heartbeat) return this.#proven(text)
    act(this.#parts, parseMessage(text))
  }

  #proven(nonce: string): void {
    const { trust, clock, maxStaleness } = this.#parts
    const sentAt = this.#pulse.heard(nonce)
    if (sentAt !== undefined && this.#subscribed) trust.prove(sentAt, maxStaleness, clock.now())
  }

  #beatLater(): void {
    const { clock, maxStaleness } = this.#parts
    this.#cancelBeat = clock.after(maxStaleness / BEATS, () => {
      this.#beatLater()
      this.#beat()
    })
  }

  #beat(): void {
    const { link, clock } = this.#parts
    if (!this.#subscribed || !link.isReady()) return
    if (this.#pulse.isLost) return this.#blocked()
    if (this.#pulse.isFull) return
    const nonce = this.#pulse.beat(clock.now())
    this.#sendBeat(nonce).catch((error: unknown) => {
      this.#pulse.forget(nonce)
      this.#beatFailed(error)
    })
  }

  /** A lost connection is told by others; a refusal (no permission to publish, a replica) is nobody else's to tell. */
  #beatFailed(error: unknown): void {
    const { trust, report } = this.#parts
    const reason = `the heartbeat was refused: ${saidBy(error)}`
    trust.doubt(reason)
    if (isReply(error)) report({ type: 'not-coherent', reason })
  }

  async #sendBeat(nonce: string): Promise<void> {
    const lives = this.#round.take(this.#parts.lives())
    const keys = [this.#heartbeat, ...lives.map(({ key }) => key)]
    const generation = this.#generation
    const versions = (await this.#parts.writes.run(BEAT, keys, [nonce])) as readonly unknown[]
    if (generation === this.#generation) this.#pulse.carriedOut(nonce)
    for (const [i, life] of lives.entries()) life.observe(versionOf(versions[i]))
  }

  /** Redis carries heartbeats out and none arrives: the connection is half-open. It is dropped and dialled anew. */
  #blocked(): void {
    const { subscriber, report } = this.#parts
    const reason = 'heartbeats are carried out and not heard'
    this.#pulse.reset()
    this.#parts.trust.doubt(reason)
    report({ type: 'not-coherent', reason })
    subscriber.stream?.destroy()
  }
}
