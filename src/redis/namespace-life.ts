import { newId } from '../entry/id.js'
import type { Marks } from '../entry/marks.js'
import type { Announcer } from './announcer.js'
import type { RedisLink } from './redis-link.js'
import type { TurnWrites } from './turn-writes.js'
import { versionOf, type Version } from './version.js'
import { ADOPT } from './version-scripts.js'

/** Milliseconds: the life of a version made before anything is stored under it. */
const FIRST_LIFE = 3_600_000

export interface NamespaceLifeParts {
  readonly namespace: string
  /** Key of the version. */
  readonly key: string
  readonly marks: Marks
  readonly link: Pick<RedisLink, 'generation' | 'runId'>
  readonly writes: TurnWrites
  readonly announcer: Announcer
  readonly onFailover: 'clear' | 'keep'
  /** Tells this process that everything in the namespace is unusable. */
  readonly clearHere: () => void
}

/**
 * What this process knows of the life of its namespace. A version that has changed without a `clear` having been heard (the
 * server was flushed, restarted, failed over, the version evicted) ends everything kept here too.
 */
export class NamespaceLife {
  readonly #parts: NamespaceLifeParts
  #known: Version | undefined
  /** The moment on the marks when it was seen. */
  #seenAt = 0
  /** Redis keeps the version at least until then, monotonic milliseconds. */
  #keptUntil = 0
  /** The generation of the connection whose server is known to be the one the namespace was written on. */
  #adopted = -1
  #adopting: { readonly generation: number; readonly done: Promise<void> } | undefined

  constructor(parts: NamespaceLifeParts) {
    this.#parts = parts
  }

  get key(): string {
    return this.#parts.key
  }

  /** As seen last; undefined when a `clear` was heard since. */
  get current(): Version | undefined {
    return this.#parts.marks.clearedAt > this.#seenAt ? undefined : this.#known
  }

  /** The server that the version must have been written on for what is filed under it to be believed; '': any. */
  get expectedRun(): string {
    const { link, onFailover } = this.#parts
    return onFailover === 'keep' ? '' : link.runId
  }

  /** As {@link current}, if Redis will keep it until `at` whatever happens to be stored meanwhile. */
  lastingUntil(at: number): Version | undefined {
    return at <= this.#keptUntil ? this.current : undefined
  }

  /** A script has just seen to it that Redis keeps the version until `at`. */
  kept(at: number): void {
    if (at > this.#keptUntil) this.#keptUntil = at
  }

  /** It has just been ended, by this process. */
  forget(): void {
    this.#known = undefined
  }

  /** What Redis just answered. */
  observe(version: Version | undefined): void {
    const known = this.current
    if (known !== undefined && !isSame(known, version)) this.#parts.clearHere()
    if (known === undefined || !isSame(known, version)) this.#keptUntil = 0
    this.#known = version
    this.#seenAt = this.#parts.marks.moment
  }

  /**
   * Whether what was read together with this version may be believed: it was written on the server that answers. Another one
   * (a failover, a restart from an older snapshot) may still have what was invalidated; then `adopt` and read again.
   */
  admits(version: Version | undefined, generation: number): boolean {
    const { link, onFailover } = this.#parts
    if (onFailover === 'keep' || link.runId === '' || this.#adopted === link.generation) return true
    if (version === undefined) return true // nothing is good without one
    if (version.runId !== link.runId) return false
    if (generation === link.generation) this.#adopted = generation
    return true
  }

  adopt(): Promise<void> {
    const { generation } = this.#parts.link
    if (this.#adopting?.generation !== generation) {
      this.#adopting = { generation, done: this.#adopt(generation) }
    }
    return this.#adopting.done
  }

  /** Whether the first read on this connection will end the life that stands there, as `ADOPT` does. Changes nothing. */
  isEndedByAdoption(version: Buffer | null): boolean {
    const { link, onFailover } = this.#parts
    if (version === null || onFailover === 'keep' || link.runId === '') return false
    if (this.#adopted === link.generation) return false
    const run = /^[^.]*\.[^.]*\.\d+\.(.*)$/.exec(version.toString('latin1'))?.[1]
    return run !== '' && run !== link.runId
  }

  async #adopt(generation: number): Promise<void> {
    const { link, writes, announcer, namespace, key } = this.#parts
    try {
      const told = announcer.inScript(namespace, { kind: 'clear' })
      const args = [link.runId, newId(), FIRST_LIFE, ...told]
      const [version, isNew] = (await writes.run(ADOPT, [key], args)) as [unknown, unknown]
      if (isNew === 1 && this.#known !== undefined) this.#parts.clearHere()
      // another process may have been first to begin a new life, and this one not have heard of it
      this.observe(versionOf(version))
      this.#keptUntil = 0
      this.#adopted = generation
    } finally {
      if (this.#adopting?.generation === generation) this.#adopting = undefined
    }
  }
}

function isSame(one: Version, other: Version | undefined): boolean {
  return one.hard === other?.hard && one.soft === other.soft
}
