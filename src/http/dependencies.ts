import type { InvalidateEvent } from '../cache/channels.js'
import type { Engine, Space } from '../cache/engine.js'

/** Names watched at once, or one for each entry that memory may have; what depends on the one named first is dropped then. */
const MOST_NAMES = 100_000

/** Keys and tags one response may depend on by name; one with more depends on all of their namespaces. */
const MOST_OF_ONE = 64

/**
 * What responses were made of: keys and tags that their handlers read from the cache. A response carries them as tags of its
 * own; whatever is invalidated, here or elsewhere, is looked up here and marked among these tags. So the fence that keeps a
 * load from storing what was invalidated meanwhile holds for what a handler read as well.
 */
export class Dependencies {
  readonly #engine: Engine
  readonly #space: Space
  /** Those that some response, or handler that runs, depends on; the one named first is the first to go. */
  readonly #names = new Set<string>()
  readonly #most: number

  /** `space`: where the responses are. */
  constructor(engine: Engine, space: Space) {
    this.#engine = engine
    this.#space = space
    this.#most = Math.max(MOST_NAMES, engine.settings.memory?.maxEntries ?? 0)
    engine.bus.listen((namespace, invalidation) => this.#heard(namespace, invalidation))
    engine.replaced.add((namespace, key) => this.#mark([keyName(namespace, key)], namespace))
  }

  record(): Recorder {
    return new Recorder(this.#engine, (name) => this.#watch(name))
  }

  #watch(name: string): void {
    this.#names.delete(name)
    this.#names.add(name)
    if (this.#names.size <= this.#most) return
    const [first] = this.#names
    if (first === undefined) return
    this.#names.delete(first)
    this.#space.marks.markTags([first], false)
  }

  #heard(namespace: string, invalidation: InvalidateEvent['invalidation']): void {
    if (this.#names.size === 0) return
    switch (invalidation.kind) {
      case 'remove':
        return this.#mark(
          invalidation.keys.map((key) => keyName(namespace, key)),
          namespace,
        )
      case 'expire':
        return this.#mark([keyName(namespace, invalidation.key)], namespace)
      case 'tags':
        return this.#mark(
          invalidation.tags.map((tag) => tagName(namespace, tag)),
          namespace,
        )
      case 'clear':
        return this.#mark([clearName(namespace)], namespace)
    }
  }

  #mark(names: readonly string[], namespace: string): void {
    const watched = [...names, anyName(namespace)].filter((name) => this.#names.has(name))
    if (watched.length > 0) this.#space.marks.markTags(watched, false)
  }
}

/** What one handler has read. */
export class Recorder {
  readonly #watch: (name: string) => void
  readonly #clock: Engine['clock']
  /** Where each namespace's marks stood when the handler began. */
  readonly #since = new Map<Space, number>()
  readonly #names = new Set<string>()
  readonly #namespaces = new Set<string>()
  #freshUntil = Infinity
  #isUnknown = false

  constructor(engine: Engine, watch: (name: string) => void) {
    this.#watch = watch
    this.#clock = engine.clock
    for (const space of engine.spaces()) this.#since.set(space, space.marks.moment)
  }

  /** A read of the key begins. */
  begin(space: Space, key: string): void {
    if (!this.#namespaces.has(space.name)) {
      this.#namespaces.add(space.name)
      for (const name of [clearName(space.name), anyName(space.name)]) this.#watch(name)
    }
    this.#add(keyName(space.name, key))
  }

  /** The read is over: what it found is in memory, or it is not known what it was. */
  end(space: Space, key: string): void {
    const entry = space.memory?.peek(key)
    if (entry === undefined) {
      this.#isUnknown = true
      return
    }
    for (const tag of entry.tags) this.#add(tagName(space.name, tag))
    this.#freshUntil = Math.min(this.#freshUntil, entry.freshUntil)
    // invalidated before it was watched: by the time the handler is done it would look as good as new
    if (space.marks.isRevoked(this.#since.get(space) ?? 0, key, entry.tags)) this.#isUnknown = true
  }

  /** Undefined: it read nothing. `isKnown` false: something of which nobody would hear that it has changed. */
  get read(): Read | undefined {
    if (this.#namespaces.size === 0) return undefined
    const names =
      this.#names.size > MOST_OF_ONE
        ? [...this.#namespaces].map(anyName)
        : [...this.#names, ...[...this.#namespaces].map(clearName)]
    const freshFor = Math.max(0, this.#freshUntil - this.#clock.now())
    return { isKnown: !this.#isUnknown, names, freshFor }
  }

  #add(name: string): void {
    if (this.#names.size > MOST_OF_ONE) return
    this.#names.add(name)
    this.#watch(name)
  }
}

export interface Read {
  readonly isKnown: boolean
  /** Tags of the response. */
  readonly names: readonly string[]
  /** Milliseconds until the first of what was read is stale. */
  readonly freshFor: number
}

/** They cannot be a caller's tags: a lone surrogate is in no valid one. */
const MARK = '\udc01'

function keyName(namespace: string, key: string): string {
  return `${MARK}key|${namespace}|${key}`
}

function tagName(namespace: string, tag: string): string {
  return `${MARK}tag|${namespace}|${tag}`
}

function clearName(namespace: string): string {
  return `${MARK}clear|${namespace}`
}

/** Whatever is invalidated there. */
function anyName(namespace: string): string {
  return `${MARK}any|${namespace}`
}
