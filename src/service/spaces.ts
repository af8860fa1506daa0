import type { Cache } from '../cache/cache.js'
import type { DataSettings, NamespaceSettings } from './data-settings.js'
import { Ledger } from './ledger.js'
import { isNamespaceName, LONGEST_NAMESPACE, NAMESPACE_ALLOWED } from './namespace-name.js'
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
    if (named === undefined && !isNamespaceName(name)) {
      throw new Refusal('bad-namespace', NAMESPACE_ALLOWED)
    }
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

  #open(name: string, settings: DataSettings): Opened {
    if (!this.#hasRoom(name, settings)) throw new Refusal('too-many-namespaces')
    const full = `${this.#root.stats().namespace}.${name}`
    if (full.length > LONGEST_NAMESPACE) {
      const detail = `too long: '${full}' has more than ${LONGEST_NAMESPACE} characters`
      throw new Refusal('bad-namespace', detail)
    }
    const opened = { cache: this.#root.namespace(name), ledger: undefined }
    this.#opened.set(name, opened)
    return opened
  }

  /** Those that are named in the configuration have their places whoever else comes. */
  #hasRoom(name: string, { maxNamespaces, namespaces }: DataSettings): boolean {
    if (namespaces.has(name)) return true
    let others = 0
    for (const one of this.#opened.keys()) if (!namespaces.has(one)) others++
    return others < maxNamespaces - namespaces.size
  }
}
