import type { Cache } from '../cache/cache.js'
import type { DataSettings, NamespaceSettings } from './data-settings.js'
import { Ledger } from './ledger.js'
import { Refusal } from './problem.js'

/** A namespace of the service as a request finds it. */
export interface Space {
  /** As in URLs. */
  readonly name: string
  readonly cache: Cache
  readonly settings: NamespaceSettings
  /** Undefined: it has no quota. */
  readonly ledger: Ledger | undefined
}

/** Where the responses of a proxy are: nobody else puts anything there. */
export const RESPONSES = 'http'

const NAME = /^[A-Za-z0-9.-][A-Za-z0-9._-]{0,63}$/

/** With that of the service before it, a namespace is not longer than this. */
const LONGEST = 64

interface Opened {
  readonly cache: Cache
  ledger: Ledger | undefined
}

const OF_ROOTS = new WeakMap<Cache, Spaces>()

/** The namespaces of each service: those of both listeners are the same, with one account of what was written. */
export function spacesOf(root: Cache, settings: () => DataSettings): Spaces {
  const known = OF_ROOTS.get(root)
  if (known !== undefined) return known
  const spaces = new Spaces(root, settings)
  OF_ROOTS.set(root, spaces)
  return spaces
}

/** The namespaces that requests have named, of which there are not more than the settings allow. */
export class Spaces {
  readonly #root: Cache
  readonly #settings: () => DataSettings
  readonly #opened = new Map<string, Opened>()

  constructor(root: Cache, settings: () => DataSettings) {
    this.#root = root
    this.#settings = settings
  }

  /** Throws `Refusal`. */
  of(name: string): Space {
    const settings = this.#settings()
    const named = settings.namespaces.get(name)
    if (named === undefined) this.#assertName(name)
    if (named === undefined && !settings.otherNamespaces) {
      throw new Refusal('not-found', 'there is no such namespace')
    }
    const opened = this.#opened.get(name) ?? this.#open(name, settings)
    const own = named ?? settings.defaults
    const { bytes, entries } = own.quota
    if (bytes === undefined && entries === undefined) opened.ledger = undefined
    else opened.ledger ??= new Ledger()
    return { name, cache: opened.cache, settings: own, ledger: opened.ledger }
  }

  #assertName(name: string): void {
    if (!NAME.test(name)) {
      throw new Refusal(
        'bad-namespace',
        '1-64 characters of A-Z a-z 0-9 . _ - that do not begin with _',
      )
    }
  }

  #open(name: string, { maxNamespaces }: DataSettings): Opened {
    if (this.#opened.size >= maxNamespaces) throw new Refusal('too-many-namespaces')
    const full = `${this.#root.stats().namespace}.${name}`
    if (full.length > LONGEST) {
      throw new Refusal('bad-namespace', `too long: '${full}' has more than ${LONGEST} characters`)
    }
    const opened = { cache: this.#root.namespace(name), ledger: undefined }
    this.#opened.set(name, opened)
    return opened
  }
}
