import { builtinKind } from './builtin.js'
import type { CodecType } from './codec-type.js'
import { type BuiltinPart, type CustomPart, PART, restoreBuiltin } from './part.js'
import type { PathKey } from './value-path.js'

/**
 * A value whose parts were taken out. `trees[0]` is the value itself with null in their places, `trees[i + 1]` the data of
 * the part `places[i]`. The data of a part may hold parts in its turn; these come later in the list, so that putting back
 * begins at the end. Inside a value nothing is looked at: what somebody stored is never taken for a part.
 */
export type Parted = readonly [trees: unknown[], places: readonly Place[]]

/** Type, number of the tree, and the way to the place within it (none: the tree itself). */
type Place = readonly [type: string | BuiltinPart, tree: number, ...keys: PathKey[]]

export function splitParts(value: unknown, custom: readonly CustomPart[]): Parted {
  const split = new Split(value, custom)
  // The list grows while it is worked through: what a tree gives away stands behind it.
  for (let tree = 0; tree < split.trees.length; tree++) split.strip(tree)
  return [split.trees, split.places]
}

/** Throws when the bytes did not come from `splitParts` or name an unknown type. */
export function joinParts([trees, places]: Parted, types: ReadonlyMap<string, CodecType>): unknown {
  if (trees.length !== places.length + 1) throw new TypeError('as many places as parts')
  for (let index = places.length; index > 0; index--) {
    const [type, tree, ...keys] = places[index - 1] as Place
    // From the end: a part is whole once all that was taken out of it is back, and that stands behind it.
    if (!(tree < index)) throw new TypeError(`part ${index} cannot be in tree ${tree}`)
    putAt(trees, [tree, ...keys], restore(type, trees[index], types))
  }
  return trees[0]
}

class Split {
  readonly trees: unknown[]
  readonly places: Place[] = []
  readonly #parts: ReadonlyMap<unknown, CustomPart>
  /** The tree that is worked on, and the way within it. */
  readonly #way: [tree: number, ...keys: PathKey[]] = [0]

  constructor(value: unknown, custom: readonly CustomPart[]) {
    this.trees = [value]
    this.#parts = new Map(custom.map((part) => [part.value, part]))
  }

  strip(tree: number): void {
    this.#way[0] = tree
    this.trees[tree] = this.#stripped(this.trees[tree])
  }

  /** The value without its parts; itself where there are none. */
  #stripped(value: unknown): unknown {
    const part = this.#parts.get(value)
    if (part !== undefined) return this.#takeOut(part.type, part.data)
    if (typeof value !== 'object' || value === null) return value
    // Two empty places in a Set would be one, a Map has no place for a key: they travel as lists.
    if (value instanceof Map) return this.#takeOut(PART.map, [...value])
    if (value instanceof Set) return this.#takeOut(PART.set, [...value])
    if (Array.isArray(value)) return this.#strippedArray(value)
    const isPlain = builtinKind(value, Object.getPrototypeOf(value) as object | null) === 'plain'
    return isPlain ? this.#strippedObject(value as Record<string, unknown>) : value
  }

  #strippedArray(source: unknown[]): unknown[] {
    let result = source
    for (let index = 0; index < source.length; index++) {
      const value = this.#strippedChild(source[index], index)
      if (Object.is(value, source[index])) continue
      if (result === source) result = Array.from(source)
      result[index] = value
    }
    return result
  }

  #strippedObject(source: Record<string, unknown>): Record<string, unknown> {
    let result = source
    for (const key of Object.keys(source)) {
      const value = this.#strippedChild(source[key], key)
      if (Object.is(value, source[key])) continue
      if (result === source) result = { ...source }
      result[key] = value
    }
    return result
  }

  #strippedChild(value: unknown, key: PathKey): unknown {
    this.#way.push(key)
    const result = this.#stripped(value)
    this.#way.pop()
    return result
  }

  #takeOut(type: string | BuiltinPart, data: unknown): null {
    this.trees.push(data)
    this.places.push([type, ...this.#way])
    return null
  }
}

function restore(
  type: string | BuiltinPart,
  data: unknown,
  types: ReadonlyMap<string, CodecType>,
): unknown {
  if (typeof type === 'number') return restoreBuiltin(type, data)
  const known = types.get(type)
  if (known === undefined) throw new TypeError(`no type ${JSON.stringify(type)} in codec.types`)
  return known.decode(data)
}

/** Only into a place that is there and empty: a forged way reaches no prototype. */
function putAt(trees: unknown[], way: readonly PathKey[], value: unknown): void {
  let holder: unknown = trees
  for (const key of way.slice(0, -1)) holder = own(holder, key)
  const last = way.at(-1) as PathKey
  if (own(holder, last) !== null) throw new TypeError('the place is taken')
  ;(holder as Record<PathKey, unknown>)[last] = value
}

function own(holder: unknown, key: PathKey): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) {
    throw new TypeError('the place is not there')
  }
  return (holder as Record<PathKey, unknown>)[key]
}
