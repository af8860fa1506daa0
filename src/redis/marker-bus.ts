import type { Cancel } from '../clock.js'
import { type Master, ownsSlot } from './cluster-nodes.js'
import { tagsIn } from './cluster-slot.js'
import { saidBy } from './failure-text.js'
import { act, BEATS, type HearingParts, LifeRound } from './hearing.js'
import { MARK, markerPrefix, parseMarker } from './marker.js'
import { MarkerNode, type MarkerNodeListener } from './marker-node.js'
import { MasterList } from './master-list.js'
import { serial } from './pulse.js'
import type { CommandClient } from './redis-client.js'
import { heartbeatOf } from './redis-keys.js'
import type { TurnReads } from './turn-reads.js'
import { versionOf } from './version.js'

export interface MarkerBusParts extends HearingParts {
  readonly client: CommandClient
  readonly reads: TurnReads
  /** A connection of our own to a node, made like one the client has; not dialled yet. */
  readonly connectTo: (address: Pick<Master, 'host' | 'port'>, like: CommandClient) => CommandClient
}

/**
 * Slots of one master that heartbeats go through in turn: only the master itself tells that one of them is migrating, and
 * what is sent there may be answered elsewhere.
 */
const WAYS = 4

/**
 * Hears of invalidations in a Cluster: one connection to every master, on which that master tells of markers. Memory is
 * trusted as far back as the oldest proof of any master, and of the list of masters itself: with another set of masters
 * something may have been marked where nobody listened.
 */
export class MarkerBus implements MarkerNodeListener {
  /** Resolves when memory is first trusted, or it is known that it will not be soon. */
  readonly started: Promise<void>
  readonly #parts: MarkerBusParts
  readonly #nodes = new Map<string, MarkerNode>()
  readonly #heartbeat: string
  readonly #masters: MasterList
  /** All masters are tracked, and trust has been raised for this set and these connections. */
  #settled = false
  #start!: () => void
  #cancelBeat: Cancel | undefined
  readonly #round = new LifeRound()
  #closed = false
  readonly #nonce = serial()
  /** Hash tags by master and slots. */
  readonly #tags = new Map<string, readonly string[]>()
  #beats = 0

  constructor(parts: MarkerBusParts) {
    this.#parts = parts
    this.#masters = new MasterList(parts.client, () => parts.clock.now())
    this.#heartbeat = `${heartbeatOf(parts.root, parts.instance)}:`
    this.started = new Promise((resolve) => {
      this.#start = resolve
    })
    parts.trust.through('marker')
    parts.link.onChange(() => {
      if (parts.link.status === 'ready') void this.#ask()
    })
    this.#beatLater()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelBeat?.()
    for (const node of this.#nodes.values()) node.close()
    this.#nodes.clear()
    this.#start()
  }

  tracked(): void {
    this.#settle()
  }

  lost(node: MarkerNode): void {
    this.#settled = false
    this.#parts.trust.doubt(`the connection to ${node.id} was lost`)
  }

  refused(node: MarkerNode, reason: string): void {
    const said = `tracking was refused by ${node.id}: ${reason}`
    this.#parts.trust.doubt(said)
    this.#parts.report({ type: 'not-coherent', reason: said })
    this.#start()
  }

  heard(node: MarkerNode, keys: readonly string[] | undefined): void {
    const { trust } = this.#parts
    if (keys === undefined) return trust.raise(trust.coherentUntil)
    for (const key of keys) {
      if (key.startsWith(this.#heartbeat)) this.#proven(node, key)
      else act(this.#parts, parseMarker(this.#parts.root, key))
    }
  }

  /** `<heartbeat>:<nonce>:{<tag>}` */
  #proven(node: MarkerNode, key: string): void {
    const nonce = key.slice(this.#heartbeat.length, key.lastIndexOf(':'))
    const sentAt = node.pulse.heard(nonce)
    if (sentAt === undefined || !node.isTracked) return
    node.provenFrom = sentAt
    this.#prove()
  }

  /** As far back as the oldest proof. */
  #prove(): void {
    const { trust, maxStaleness, clock } = this.#parts
    if (!this.#settled) return
    const from = this.#provenFrom()
    if (from + maxStaleness > trust.coherentUntil) trust.prove(from, maxStaleness, clock.now())
  }

  #provenFrom(): number {
    const { askedFrom } = this.#masters
    return Math.min(askedFrom, ...[...this.#nodes.values()].map((node) => node.provenFrom))
  }

  /** Trust begins anew when every master is tracked. */
  #settle(): void {
    const { trust, wakes, maxStaleness } = this.#parts
    const nodes = [...this.#nodes.values()]
    if (nodes.length === 0 || !nodes.every((node) => node.isTracked)) return
    this.#settled = true
    trust.raise(this.#provenFrom() + maxStaleness)
    wakes.wakeAll()
    this.#start()
    this.#beat()
  }

  #beatLater(): void {
    const { clock, maxStaleness } = this.#parts
    this.#cancelBeat = clock.after(maxStaleness / BEATS, () => {
      this.#beatLater()
      void this.#ask()
      this.#beat()
    })
  }

  /** Who the masters are. When nobody says, what is known ages until the next heartbeat. */
  async #ask(): Promise<void> {
    const { link, trust } = this.#parts
    if (this.#closed || !link.isReady()) return
    try {
      if ((await this.#masters.ask()) && !this.#closed) this.#adopt()
    } catch (error) {
      trust.doubt(`CLUSTER NODES: ${saidBy(error)}`)
    }
  }

  #adopt(): void {
    const { masters, toldBy } = this.#masters
    if (toldBy === undefined) return
    const isSame =
      masters.length === this.#nodes.size && masters.every((one) => this.#nodes.has(nameOf(one)))
    if (isSame) return this.#prove()
    this.#settled = false
    const names = new Set(masters.map(nameOf))
    for (const [name, node] of this.#nodes) {
      if (names.has(name)) continue
      node.close()
      this.#nodes.delete(name)
    }
    for (const master of masters) {
      if (!this.#nodes.has(nameOf(master)))
        this.#nodes.set(nameOf(master), this.#open(master, toldBy))
    }
    this.#settle()
  }

  #open(master: Master, like: CommandClient): MarkerNode {
    const { connectTo, root, clock } = this.#parts
    const { host, port } = master
    return new MarkerNode(nameOf(master), connectTo({ host, port }, like), {
      prefixes: [markerPrefix(root), this.#heartbeat],
      listener: this,
      nonce: this.#nonce,
      now: () => clock.now(),
    })
  }

  #beat(): void {
    const { link } = this.#parts
    if (!link.isReady()) return
    this.#beats++
    for (const master of this.#masters.masters) {
      const node = this.#nodes.get(nameOf(master))
      if (node?.isTracked !== true) {
        node?.retry()
        continue
      }
      if (node.pulse.isLost) this.#blocked(node)
      else if (!node.pulse.isFull) {
        this.#beatAt(master, node).catch((error: unknown) => {
          this.#parts.trust.doubt(`the heartbeat through ${node.id}: ${saidBy(error)}`)
        })
      }
    }
    this.#lookAtLives().catch((error: unknown) => {
      this.#parts.trust.doubt(`the versions of the namespaces: ${saidBy(error)}`)
    })
  }

  async #beatAt(master: Master, node: MarkerNode): Promise<void> {
    const { clock, writes } = this.#parts
    const tags = this.#tagsAt(master)
    const tag = tags[this.#beats % Math.max(1, tags.length)]
    if (tag === undefined) {
      await node.ping()
      return this.#prove()
    }
    const nonce = node.pulse.beat(clock.now())
    try {
      await writes.run(MARK, [`${this.#heartbeat}${nonce}:{${tag}}`], [])
      node.pulse.carriedOut(nonce)
    } catch (error) {
      node.pulse.forget(nonce)
      throw error
    }
  }

  /** Hash tags in slots that the master has and keeps, as far as is known. */
  #tagsAt(master: Master): readonly string[] {
    if (master.ranges.length === 0) return []
    const name = `${master.id} ${master.ranges.join(' ')}`
    let tags = this.#tags.get(name)
    if (tags === undefined) {
      if (this.#tags.size > 1_000) this.#tags.clear()
      tags = tagsIn((slot) => ownsSlot(master, slot), WAYS)
      this.#tags.set(name, tags)
    }
    return tags
  }

  async #lookAtLives(): Promise<void> {
    const { reads, lives } = this.#parts
    const asked = this.#round.take(lives())
    if (asked.length === 0) return
    const keys = asked.map(({ key }) => key)
    await reads.get(keys, (replies) => {
      for (const [i, life] of asked.entries()) life.observe(versionOf(replies[i]))
    })
  }

  /** The master carries heartbeats out and none arrives: its connection is half-open. */
  #blocked(node: MarkerNode): void {
    const reason = `heartbeats through ${node.id} are carried out and not heard`
    node.pulse.reset()
    this.#parts.trust.doubt(reason)
    this.#parts.report({ type: 'not-coherent', reason })
    node.drop()
  }
}

function nameOf({ host, port }: Master): string {
  return `${host}:${port}`
}
