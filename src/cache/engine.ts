import type { Bus, Invalidation } from '../bus/bus.js'
import { Trust } from '../bus/trust.js'
import { Wakes } from '../bus/wakes.js'
import type { Clock } from '../clock.js'
import { createCodec, type Codec } from '../entry/codec.js'
import type { Body, Entry } from '../entry/entry.js'
import { Marks } from '../entry/marks.js'
import { ClosedError, InvalidOptionError } from '../errors.js'
import { Flights } from '../flight/flight.js'
import type { LeaseDesk } from '../flight/lease.js'
import type { LendingDesk } from '../flight/lending.js'
import { SoloLeases } from '../flight/solo-leases.js'
import type { Exchange } from '../tier/exchange.js'
import type { Inspector } from '../tier/inspector.js'
import { MemoryInspector } from '../tier/memory-inspector.js'
import { MemoryStore, MemoryTier } from '../tier/memory-tier.js'
import { OutsideMarks } from '../tier/outside-marks.js'
import type { Tier } from '../tier/tier.js'
import { Counters } from './counters.js'
import { LoanTable } from './loan-table.js'
import { mark } from './mark.js'
import { OutageGate } from './outage.js'
import { ReplayQueue } from './replay.js'
import { Rest } from './rest.js'
import type { Settings } from './settings.js'
import type { Voice } from './voice.js'
import { WriteLine } from './write-line.js'
import type { LatestSet } from './write-result.js'

/** The Redis tier as the cache needs it: every operation of `of(namespace)` ends within a bound. */
export interface RemoteTiers {
  /** `marks`: where this process notes what it hears of the namespace. */
  of(namespace: string, marks: Marks): Tier<Body>
  leasesOf(namespace: string, marks: Marks): LeaseDesk
  lendingOf(namespace: string, marks: Marks): LendingDesk
  exchangeOf(namespace: string, marks: Marks): Exchange
  inspectorOf(namespace: string, marks: Marks): Inspector
  /** Milliseconds after which no write sent until now can take effect any more. */
  settleTime(): number
  /** Whether it is worth asking now. True while connecting: operations then wait, bounded. */
  isUsable(): boolean
  state(): 'connecting' | 'closed' | 'open' | 'half-open'
  /** Resolves when it is known whether Redis answers. Never rejects. */
  ready(): Promise<{ redis: 'ready' | 'unavailable'; reason?: string }>
  close(): Promise<void>
}

/** What a flight brings. */
export interface Landing {
  readonly value: unknown
  /** Who made it: this flight's loader, or a tier that had it in the end (another process loaded). */
  readonly tier: 'loader' | 'memory' | 'redis'
  /** As stored; undefined if it was not. */
  readonly entry: Entry | undefined
  /** Each rider gets a copy of its own. */
  readonly mutable: boolean
  readonly revoked: boolean
  /**
   * A place in the order of calls and flights: up to there it is proven that nothing had been invalidated. A rider that came
   * later may have come after an invalidation which the value does not know of, and reads again.
   */
  readonly asOf: number
}

/** One namespace: its marks, its part of the tiers, its flights, its counts. */
export interface Space {
  readonly name: string
  readonly engine: Engine
  /** What was invalidated, by whomever. */
  readonly marks: Marks
  /** What was invalidated or set by this process: a set of ours gives way to these alone, for Redis orders all others. */
  readonly own: Marks
  readonly memory: MemoryTier | undefined
  readonly inspectors: {
    readonly memory: MemoryInspector | undefined
    readonly redis: Inspector | undefined
  }
  readonly redis: Tier<Body> | undefined
  readonly leases: LeaseDesk | undefined
  /** How `set` writes. */
  readonly setting: SoloLeases | undefined
  /** How writes with a condition are made; undefined: in memory, where nothing comes between. */
  readonly exchange: Exchange | undefined
  /** Leases for holders outside of this process; undefined: they are kept in `loans`. */
  readonly lending: LendingDesk | undefined
  readonly loans: LoanTable
  /** By key. */
  readonly sets: Map<string, LatestSet>
  readonly flights: Flights<Landing>
  readonly rest: Rest
  readonly counters: Counters
  /** Names (with version) already taken by `define`, each with whoever took it. */
  readonly definitions: Map<string, object>
}

export interface EngineParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly bus: Bus
  readonly voice: Voice
  /** Whether memory may be believed. Default: always, for there are no other processes. */
  readonly trust?: Trust | undefined
  readonly wakes?: Wakes | undefined
  readonly remote: RemoteTiers | undefined
  /** In [0, 1). */
  readonly random: () => number
  /** Whether what is not for Redis gets an identity too. */
  readonly identities?: boolean | undefined
}

/** Namespaces made from request data would otherwise grow without end. */
const MAX_SPACES = 10_000

/** Milliseconds. */
const LAST_DRAIN = 5_000

/** What all namespaces of one cache share. */
export class Engine {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: () => number
  readonly hasIdentities: boolean
  readonly codec: Codec
  readonly voice: Voice
  readonly bus: Bus
  readonly trust: Trust
  readonly wakes: Wakes
  readonly gate: OutageGate
  readonly line: WriteLine = new WriteLine()
  readonly queue: ReplayQueue
  readonly remote: RemoteTiers | undefined
  readonly store: MemoryStore | undefined
  /** Told of every read that was answered. */
  onRead: ((space: Space, key: string) => void) | undefined
  /** Told of keys whose value was replaced in this process without being invalidated. */
  readonly replaced: Set<(namespace: string, key: string) => void> = new Set()
  isClosed = false
  readonly #spaces = new Map<string, Space>()
  readonly #ends = new Set<() => void>()
  #order = 0
  #closing: Promise<void> | undefined
  /** Leases that are being given back. */
  readonly #given = new Set<Promise<void>>()

  constructor(parts: EngineParts) {
    const { settings, clock } = parts
    this.settings = settings
    this.clock = clock
    this.random = parts.random
    this.hasIdentities = parts.identities === true
    this.codec = createCodec(settings.codec.types)
    this.voice = parts.voice
    this.bus = parts.bus
    this.trust = parts.trust ?? new Trust('none')
    this.wakes = parts.wakes ?? new Wakes(clock)
    this.remote = parts.remote
    this.gate = new OutageGate(settings.outage, clock)
    this.queue = new ReplayQueue(settings.outage.maxQueued, clock, ({ namespace, invalidation }) =>
      this.bus.announce(namespace, invalidation),
    )
    this.store = settings.memory === undefined ? undefined : new MemoryStore(settings.memory)
    this.bus.listen((namespace, invalidation, origin) => {
      const space = this.#spaces.get(namespace)
      if (space === undefined) return
      applyLocally(space, invalidation)
      if (origin === 'own' && space.own !== space.marks) mark(space.own, invalidation)
    })
    this.trust.onRaise(() => {
      for (const space of this.#spaces.values()) space.marks.distrust()
    })
  }

  /** The next place in the order of calls and flights. */
  next(): number {
    return ++this.#order
  }

  spaces(): Iterable<Space> {
    return this.#spaces.values()
  }

  /** The one space of this full name; two caches of one name share it. */
  space(name: string): Space {
    const known = this.#spaces.get(name)
    if (known !== undefined) return known
    if (this.#spaces.size >= MAX_SPACES) {
      throw new InvalidOptionError('namespace', name, `at most ${MAX_SPACES} namespaces in a cache`)
    }
    const space = this.#open(name)
    this.#spaces.set(name, space)
    return space
  }

  /** Redis may be read and written: it is there, and holds nothing that was invalidated meanwhile. */
  redisOf(space: Space): Tier<Body> | undefined {
    if (this.isClosed) return undefined
    return this.remote?.isUsable() === true && this.queue.depth === 0 ? space.redis : undefined
  }

  /** `close` waits for it. Never rejects. */
  untilGiven(given: Promise<void>): void {
    this.#given.add(given)
    void given.then(() => this.#given.delete(given))
  }

  /** `end` runs when the cache is closed. Returns how to take that back. */
  atClose(end: () => void): () => void {
    this.#ends.add(end)
    return () => this.#ends.delete(end)
  }

  /** Idempotent. Background loads are given up, what Redis has not been told yet is told it for at most 5 s. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.isClosed = true
    for (const end of this.#ends) end()
    for (const space of this.#spaces.values()) {
      space.flights.abandonUnattended(new ClosedError())
    }
    this.store?.lru.clear()
    this.wakes.wakeAll()
    await Promise.all([...this.#given, this.queue.emptied(LAST_DRAIN)])
    this.#tellUntold()
    this.queue.stop()
    await this.remote?.close()
  }

  /** Others go on with what was made unusable here: nobody else can tell that. */
  #tellUntold(): void {
    const { depth } = this.queue
    if (depth === 0) return
    this.voice.hint(
      'STRATA_UNTOLD',
      `closed with ${depth} invalidation${depth === 1 ? '' : 's'} that redis has not heard of; what they concern may be read there until its ttl ends`,
    )
  }

  #open(name: string): Space {
    const { store, clock, trust } = this
    const child = name === this.settings.namespace ? undefined : name
    const marks = new Marks(undefined, store && new OutsideMarks(store, child))
    const memory = store && new MemoryTier(store, child, marks, { clock, trust })
    return {
      name,
      engine: this,
      marks,
      own: this.remote === undefined ? marks : new Marks(),
      memory,
      inspectors: {
        memory:
          store &&
          memory &&
          new MemoryInspector({ store, tier: memory, child, marks, clock, trust }),
        redis: this.remote?.inspectorOf(name, marks),
      },
      ...remotePart(this.remote, name, marks),
      loans: new LoanTable(marks, clock),
      sets: new Map(),
      flights: new Flights(),
      rest: new Rest(this.clock),
      counters: new Counters(),
      definitions: new Map(),
    }
  }
}

function remotePart(
  remote: RemoteTiers | undefined,
  name: string,
  marks: Marks,
): Pick<Space, 'redis' | 'leases' | 'setting' | 'exchange' | 'lending'> {
  const redis = remote?.of(name, marks)
  return {
    redis,
    leases: remote?.leasesOf(name, marks),
    setting: redis === undefined ? undefined : new SoloLeases(redis),
    exchange: remote?.exchangeOf(name, marks),
    lending: remote?.lendingOf(name, marks),
  }
}

/** What an invalidation does in this process, whoever made it: the fence goes up and memory forgets. */
function applyLocally(space: Space, invalidation: Invalidation): void {
  const { wakes } = space.engine
  switch (invalidation.kind) {
    case 'remove':
      for (const key of invalidation.keys) {
        space.rest.end(key)
        wakes.wake(space.name, key)
      }
      if (space.memory !== undefined) space.memory.remove(invalidation.keys)
      else for (const key of invalidation.keys) space.marks.markKey(key)
      break
    case 'expire':
      space.rest.end(invalidation.key)
      wakes.wake(space.name, invalidation.key)
      if (space.memory !== undefined) space.memory.expire(invalidation.key)
      else space.marks.markKey(invalidation.key)
      break
    case 'tags':
      space.marks.markTags(invalidation.tags, invalidation.soft)
      break
    case 'clear':
      if (space.memory !== undefined) space.memory.clear()
      else space.marks.markAll()
  }
}
