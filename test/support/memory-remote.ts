import type { RemoteTiers } from '../../src/cache/engine.js'
import type { Clock } from '../../src/clock.js'
import type { Body, Entry } from '../../src/entry/entry.js'
import { newId } from '../../src/entry/id.js'
import type { Stamp } from '../../src/entry/tag.js'
import type { Lease, LeaseDesk } from '../../src/flight/lease.js'
import type { LendingDesk, Loan, LoanRequest } from '../../src/flight/lending.js'
import { SoloLeases } from '../../src/flight/solo-leases.js'
import { TierUnavailableError, type TierFailure } from '../../src/errors.js'
import { type Condition, holds } from '../../src/entry/condition.js'
import type { Exchange, Exchanged } from '../../src/tier/exchange.js'
import type { Comparison, Copy, Finding, Inspector } from '../../src/tier/inspector.js'
import type { Confirmation, Tier } from '../../src/tier/tier.js'

export type RemoteOperation = keyof Tier<Body> | 'inspect' | 'exchange' | 'lend'

/**
 * What a cache takes for Redis: like it on one connection, operations are done at the moment they are sent, in that order.
 * Replies may be held back, which gives room for something to happen between an operation and the end of its caller's wait.
 */
export class MemoryRemote implements RemoteTiers {
  readonly clock: Clock
  /** How often each operation was asked for. */
  readonly calls: Record<RemoteOperation, number> = {
    read: 0,
    confirm: 0,
    write: 0,
    remove: 0,
    expire: 0,
    stampsOf: 0,
    invalidate: 0,
    clear: 0,
    inspect: 0,
    exchange: 0,
    lend: 0,
  }
  isClosed = false
  /** Who gives leases; undefined: everybody gets one. */
  desk: LeaseDesk | undefined
  #failure: TierFailure | undefined
  #isKnownDown = false
  readonly #spaces = new Map<string, MemoryRemoteTier>()
  readonly #replies = new Map<RemoteOperation, Promise<void>[]>()
  readonly #requests = new Map<RemoteOperation, Promise<void>[]>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  of(namespace: string): MemoryRemoteTier {
    let tier = this.#spaces.get(namespace)
    if (tier === undefined) {
      tier = new MemoryRemoteTier(this)
      this.#spaces.set(namespace, tier)
    }
    return tier
  }

  leasesOf(namespace: string): LeaseDesk {
    const solo = new SoloLeases(this.of(namespace))
    return { acquire: (key, request) => (this.desk ?? solo).acquire(key, request) }
  }

  lendingOf(namespace: string): LendingDesk {
    return new MemoryRemoteLending(this, this.of(namespace))
  }

  exchangeOf(namespace: string): Exchange {
    return new MemoryRemoteExchange(this, this.of(namespace))
  }

  inspectorOf(namespace: string): Inspector {
    return new MemoryRemoteInspector(this, this.of(namespace))
  }

  settleTime(): number {
    return 0
  }

  /** Every operation fails from now on. `known`: nobody even asks any more (an open circuit breaker). */
  fail(reason: TierFailure = 'connection', known = false): void {
    this.#failure = reason
    this.#isKnownDown = known
  }

  mend(): void {
    this.#failure = undefined
    this.#isKnownDown = false
  }

  /** Holds back the reply of the next operation of this kind that is not held yet. Returns how to let it go. */
  holdReply(operation: RemoteOperation): () => void {
    return hold(this.#replies, operation)
  }

  /** The same before the operation is done: it lingers in this process, and others may overtake it. */
  holdRequest(operation: RemoteOperation): () => void {
    return hold(this.#requests, operation)
  }

  async reply<T>(operation: RemoteOperation, operate: () => T): Promise<T> {
    this.calls[operation]++
    if (this.#failure !== undefined) {
      throw new TierUnavailableError(this.#failure, `${operation} failed as told`)
    }
    const request = this.#requests.get(operation)?.shift()
    if (request !== undefined) await request
    const answer = operate()
    await this.#replies.get(operation)?.shift()
    return answer
  }

  isUsable(): boolean {
    return !this.#isKnownDown
  }

  state(): 'closed' | 'open' {
    return this.#failure === undefined ? 'closed' : 'open'
  }

  ready(): Promise<{ redis: 'ready' | 'unavailable'; reason?: string }> {
    const { state } = this
    return Promise.resolve(
      state.call(this) === 'closed'
        ? { redis: 'ready' }
        : { redis: 'unavailable', reason: String(this.#failure) },
    )
  }

  close(): Promise<void> {
    this.isClosed = true
    return Promise.resolve()
  }
}

function hold(
  holds: Map<RemoteOperation, Promise<void>[]>,
  operation: RemoteOperation,
): () => void {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  holds.set(operation, [...(holds.get(operation) ?? []), held])
  return release
}

interface Life {
  hard: string
  soft: string
}

/** One namespace's part. */
export class MemoryRemoteTier implements Tier<Body> {
  readonly #remote: MemoryRemote
  /** What is there, whatever its state. */
  readonly entries = new Map<string, { entry: Entry<Body>; stamps: readonly Stamp[] }>()
  readonly #lives = new Map<string, Life>()

  constructor(remote: MemoryRemote) {
    this.#remote = remote
  }

  read(key: string): Promise<Entry<Body> | undefined> {
    return this.#remote.reply('read', () => this.standing(key))
  }

  confirm(key: string, id: string, tags: readonly string[]): Promise<Confirmation | undefined> {
    return this.#remote.reply('confirm', () => {
      const entry = this.standing(key)
      const isSame = entry?.id === id && entry.tags.join() === tags.join()
      return isSame && entry.freshUntil > 0 ? entry : undefined
    })
  }

  write(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): Promise<void> {
    return this.#remote.reply('write', () => void this.entries.set(key, { entry, stamps }))
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#remote.reply('remove', () => {
      for (const key of keys) this.entries.delete(key)
    })
  }

  expire(key: string): Promise<void> {
    return this.#remote.reply('expire', () => {
      const held = this.entries.get(key)
      if (held === undefined) return
      this.entries.set(key, { ...held, entry: { ...held.entry, freshUntil: 0 } })
    })
  }

  stampsOf(tags: readonly string[]): Promise<readonly Stamp[]> {
    return this.#remote.reply('stampsOf', () => ['', ...tags].map((name) => this.stampOf(name)))
  }

  invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    return this.#remote.reply('invalidate', () => {
      for (const tag of tags) {
        if (soft) this.#lives.set(tag, { ...this.#lifeOf(tag), soft: newId() })
        else this.#lives.delete(tag)
      }
    })
  }

  clear(): Promise<void> {
    return this.#remote.reply('clear', () => void this.#lives.delete(''))
  }

  standing(key: string): Entry<Body> | undefined {
    const held = this.entries.get(key)
    if (held === undefined || this.#remote.clock.now() >= held.entry.staleUntil) return undefined
    let isSoft = false
    for (const stamp of held.stamps) {
      const life = this.#lives.get(stamp.name)
      if (life?.hard !== stamp.hard) return undefined
      isSoft ||= life.soft !== stamp.soft
    }
    return isSoft ? { ...held.entry, freshUntil: 0 } : held.entry
  }

  stampOf(name: string): Stamp {
    const { hard, soft } = this.#lifeOf(name)
    return { name, hard, soft }
  }

  #lifeOf(name: string): Life {
    let life = this.#lives.get(name)
    if (life === undefined) {
      life = { hard: newId(), soft: newId() }
      this.#lives.set(name, life)
    }
    return life
  }
}

/** Knows whether something usable is there, and nothing finer. */
class MemoryRemoteInspector implements Inspector {
  readonly #remote: MemoryRemote
  readonly #tier: MemoryRemoteTier

  constructor(remote: MemoryRemote, tier: MemoryRemoteTier) {
    this.#remote = remote
    this.#tier = tier
  }

  keyOf(key: string): string {
    return key
  }

  find(): Promise<Finding> {
    return this.#remote.reply('inspect', () => ({ kind: 'absent' }))
  }

  compare(copies: readonly Copy[]): Promise<readonly Comparison[]> {
    return this.#remote.reply('inspect', () =>
      copies.map(({ key, id }): Comparison => {
        const held = this.#tier.entries.get(key)
        if (held === undefined) return 'absent'
        return held.entry.id === id ? 'same' : 'other'
      }),
    )
  }
}

/** Looks and writes in the moment when the request is done. */
class MemoryRemoteExchange implements Exchange {
  readonly #remote: MemoryRemote
  readonly #tier: MemoryRemoteTier

  constructor(remote: MemoryRemote, tier: MemoryRemoteTier) {
    this.#remote = remote
    this.#tier = tier
  }

  replace(key: string, entry: Entry<Body>, condition: Condition): Promise<Exchanged> {
    return this.#remote.reply('exchange', () =>
      this.#ifHolds(key, condition, () => {
        const stamps = ['', ...entry.tags].map((name) => this.#tier.stampOf(name))
        this.#tier.entries.set(key, { entry, stamps })
      }),
    )
  }

  remove(key: string, condition: Condition): Promise<Exchanged> {
    return this.#remote.reply('exchange', () =>
      this.#ifHolds(key, condition, () => this.#tier.entries.delete(key)),
    )
  }

  #ifHolds(key: string, condition: Condition, write: () => void): Exchanged {
    const entry = this.#tier.standing(key)
    const isFresh = entry !== undefined && this.#remote.clock.now() < entry.freshUntil
    if (!holds(condition, isFresh ? entry.id : undefined)) {
      return { isDone: false, id: this.#tier.entries.get(key)?.entry.id ?? '' }
    }
    write()
    return { isDone: true }
  }
}

/** Lends to whoever asks; every lease stands until it is used. */
class MemoryRemoteLending implements LendingDesk {
  readonly #remote: MemoryRemote
  readonly #tier: MemoryRemoteTier
  readonly #lent = new Map<string, Lease>()

  constructor(remote: MemoryRemote, tier: MemoryRemoteTier) {
    this.#remote = remote
    this.#tier = tier
  }

  async lend(key: string, request: LoanRequest): Promise<Loan> {
    const token = await this.#remote.reply('lend', newId)
    const { lease } = await new SoloLeases(this.#tier).acquire(key, { ...request, tags: [] })
    this.#lent.set(token, lease)
    return { kind: 'yours', token }
  }

  resume(_key: string, token: string): Lease | undefined {
    const lease = this.#lent.get(token)
    this.#lent.delete(token)
    return lease
  }
}
