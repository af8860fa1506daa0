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

  /** It has just been ended, by this process. */
  forget(): void {
    this.#known = undefined
  }

  /** What Redis just answered. */
  observe(version: Version | undefined): void {
    const known = this.current
    if (known !== undefined && !isSame(known, version)) this.#parts.clearHere()
    this.#known = version
    this.#seenAt = this.#parts.marks.moment
  }

  /** To be awaited before the first read on a connection; undefined where that is done. */
  adopted(): Promise<void> | undefined {
    const { link } = this.#parts
    if (this.#adopted === link.generation || link.runId === '') return undefined
    if (this.#adopting?.generation !== link.generation) {
      this.#adopting = { generation: link.generation, done: this.#adopt(link.generation) }
    }
    return this.#adopting.done
  }

  async #adopt(generation: number): Promise<void> {
    const { link, writes, announcer, namespace, key, onFailover } = this.#parts
    try {
      const told = announcer.inScript(namespace, { kind: 'clear' })
      const args = [link.runId, newId(), FIRST_LIFE, onFailover, ...told]
      const [version, isNew] = (await writes.run(ADOPT, [key], args)) as [unknown, unknown]
      if (isNew === 1 && this.#known !== undefined) this.#parts.clearHere()
      // another process may have been first to begin a new life, and this one not have heard of it
      this.observe(versionOf(version))
      this.#adopted = generation
    } finally {
      if (this.#adopting?.generation === generation) this.#adopting = undefined
    }
  }
}

function isSame(one: Version, other: Version | undefined): boolean {
  return one.hard === other?.hard && one.soft === other.soft
}
