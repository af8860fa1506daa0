import { isPromise } from 'node:util/types'
import { type BuiltinKind, builtinKind } from './builtin.js'
import { type CodecType, typesByPrototype } from './codec-type.js'
import { errorData, errorOf } from './error-data.js'
import * as size from './heap-size.js'
import { isOpaque, jsonOf } from './json-form.js'
import { type CustomPart, isMarked, isReservedKey, MARK_GUARD, PART } from './part.js'
import { refusal } from './refusal.js'
import type { PathKey } from './value-path.js'

/** More levels than any data has; msgpackr and every walk over a value recurse. */
const DEEPEST = 256

/** A value with many shared references is small in memory and endless when it is written out. */
const LARGEST = 512 * 2 ** 20

const NOT_DATA = 'is not data: leave it out, or store what it gives'
const NOT_AWAITED = 'is not data: await it'
const TOO_DEEP = `is nested deeper than ${DEEPEST} levels, or contains itself`
const TOO_LARGE = `makes the value larger than ${LARGEST / 2 ** 20} MB`
const ENDLESS = 'gives another instance without end'
const FAILED = 'cannot be turned into data'
const MAP_KEY = 'is the key of a Map, and would come back as another object'
const OF_A_CLASS =
  "is an instance of a class, and would come back without it. Either codec.instances: 'json' stores what its toJSON(), " +
  'else its own properties, give, or codec.types names how to encode and decode the class'

export interface WalkOptions {
  readonly instances: 'refuse' | 'json'
  readonly types: readonly CodecType[]
}

type Plain = Record<string, unknown>

/** `keys` holds the way to the object the walk is in, from 1 to `depth`; what is deeper is left over. */
export class Walk {
  bytes = 0
  mutable = false
  custom: CustomPart[] | undefined
  readonly #json: boolean
  readonly #types: ReadonlyMap<object, CodecType>
  /** Asked once: a look at each property would cost as much as the rest of the walk. */
  readonly #polluted: boolean = isPolluted(Object.prototype)
  readonly #keys: PathKey[] = []
  /** Frozen at the end, so that a refused value stays as it was. */
  readonly #freezable: object[] = []
  #substitutes = 0

  constructor(options: WalkOptions) {
    this.#json = options.instances === 'json'
    this.#types = typesByPrototype(options.types)
  }

  freeze(): void {
    for (let i = 0; i < this.#freezable.length; i++) Object.freeze(this.#freezable[i])
  }

  /** The whole value. Throws `CodecError`, or what an accessor or proxy in it throws. */
  accept(value: unknown): unknown {
    const accepted = this.#child(value, '', 0)
    this.#weigh(0, value, 1)
    return accepted
  }

  /** What is to be stored for `value`: nearly always itself. `depth` is that of the object that holds it under `key`. */
  #child(value: unknown, key: PathKey, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        this.bytes += size.stringBytes(value)
        if (isMarked(value)) this.#marked(value)
        return value
      case 'number':
        this.bytes += size.numberBytes(value)
        return value
      case 'boolean':
      case 'undefined':
        return value
      case 'object':
        if (value === null) return value
        this.#keys[depth] = key
        return this.#object(value, depth + 1)
      case 'bigint':
        this.bytes += size.bigintBytes(value)
        return value
      default:
        this.#keys[depth] = key
        return this.#refuse(depth + 1, value, NOT_DATA)
    }
  }

  #object(value: object, depth: number): unknown {
    if (depth > DEEPEST) this.#refuse(depth, value, TOO_DEEP)
    this.#weigh(0, value, depth)
    const prototype = Object.getPrototypeOf(value) as object | null
    const kind = builtinKind(value, prototype)
    if (kind === 'plain') return this.#plain(value as Plain, depth)
    if (kind === 'array') return this.#array(value as unknown[], depth)
    if (kind === undefined) return this.#instance(value, prototype as object, depth)
    return this.#builtin(value, kind, depth)
  }

  #builtin(value: object, kind: BuiltinKind, depth: number): object {
    switch (kind) {
      case 'date':
        this.bytes += size.DATE_BYTES
        return value
      case 'map':
        return this.#map(value as Map<unknown, unknown>, depth)
      case 'set':
        return this.#set(value as Set<unknown>, depth)
      case 'regexp':
        return this.#regexp(value as RegExp)
      case 'error':
        return this.#error(value as Error, depth)
      default:
        this.mutable = true
        this.#weigh(size.VIEW_BYTES + (value as ArrayBuffer).byteLength, value, depth)
        return value
    }
  }

  #weigh(bytes: number, value: unknown, depth: number): void {
    this.bytes += bytes
    if (this.bytes > LARGEST) this.#refuse(depth, value, TOO_LARGE)
  }

  #plain(source: Plain, depth: number): Plain {
    let result = source
    let count = 0
    let reserved = false
    for (const key in source) {
      if (this.#polluted && !Object.hasOwn(source, key)) continue
      count++
      if (isReservedKey(key)) reserved = true
      const before = source[key]
      const after = this.#child(before, key, depth)
      if (after !== before && typeof before === 'object') {
        if (result === source) result = shallowCopy(source)
        result[key] = after
      }
    }
    this.bytes += size.OBJECT_BYTES + count * size.SLOT_BYTES
    if (count > size.MOST_FAST_PROPERTIES) this.bytes += count * size.DICTIONARY_ENTRY_BYTES
    if (reserved) this.#entries(result)
    this.#freezable.push(result)
    return result
  }

  #array(source: unknown[], depth: number): unknown[] {
    const length = source.length
    // Before the elements: a length costs nothing, to look at each of them does.
    this.#weigh(size.ARRAY_BYTES + length * size.SLOT_BYTES, source, depth)
    let result = source
    for (let i = 0; i < length; i++) {
      const before = source[i]
      const after = this.#child(before, i, depth)
      if (after !== before && typeof before === 'object') {
        if (result === source) result = Array.from(source)
        result[i] = after
      }
    }
    this.#freezable.push(result)
    return result
  }

  #map(source: Map<unknown, unknown>, depth: number): Map<unknown, unknown> {
    this.mutable = true
    this.bytes += size.COLLECTION_BYTES + source.size * size.MAP_ENTRY_BYTES
    const entries: [unknown, unknown][] = []
    let changed = false
    let index = 0
    for (const [key, value] of source) {
      const place = typeof key === 'string' ? key : index
      this.#checkMapKey(key, index, depth)
      const newKey = this.#child(key, index, depth)
      const newValue = this.#child(value, place, depth)
      changed ||= !Object.is(newKey, key) || !Object.is(newValue, value)
      entries.push([newKey, newValue])
      index++
    }
    return changed ? new Map(entries) : source
  }

  /** A copy of an instance is another key: nothing could be looked up. */
  #checkMapKey(key: unknown, index: number, depth: number): void {
    if (typeof key !== 'object' || key === null) return
    if (!this.#types.has(Object.getPrototypeOf(key) as object)) return
    this.#keys[depth] = index
    this.#refuse(depth + 1, key, MAP_KEY)
  }

  #set(source: Set<unknown>, depth: number): Set<unknown> {
    this.mutable = true
    this.bytes += size.COLLECTION_BYTES + source.size * size.SET_ENTRY_BYTES
    const before = [...source]
    const after = before.map((value, index) => this.#child(value, index, depth))
    return after.every((value, index) => Object.is(value, before[index])) ? source : new Set(after)
  }

  /** The position of a global or sticky one moves with its use: it cannot be frozen. */
  #regexp(value: RegExp): RegExp {
    this.bytes += size.REGEXP_BYTES + size.stringBytes(value.source)
    if (value.global || value.sticky) this.mutable = true
    else this.#freezable.push(value)
    return value
  }

  #error(value: Error, depth: number): Error {
    const data = errorData(value)
    this.bytes += size.ERROR_BYTES
    this.#child(data[1], 'message', depth)
    let changed = false
    for (const entry of [...data[2], ...data[3]]) {
      const after = this.#child(entry[1], entry[0], depth)
      changed ||= !Object.is(after, entry[1])
      entry[1] = after
    }
    const result = changed ? errorOf(data) : value
    this.#part({ value: result, type: PART.error, data })
    this.#freezable.push(result)
    return result
  }

  #instance(value: object, prototype: object, depth: number): unknown {
    const type = this.#types.get(prototype)
    if (type !== undefined) return this.#typed(value, type, depth)
    if (isPromise(value)) this.#refuse(depth, value, NOT_AWAITED)
    if (isOpaque(value)) this.#refuse(depth, value, NOT_DATA)
    if (!this.#json) this.#refuse(depth, value, OF_A_CLASS)
    const data = this.#guard(depth, value, () => jsonOf(value))
    return this.#substitute(data, depth)
  }

  /** The data is checked now, so that a bad `encode` fails at store time; it is not part of the value, so never frozen. */
  #typed(value: object, type: CodecType, depth: number): object {
    const data = this.#guard(depth, value, () => type.encode(value))
    const frozen = this.#freezable.length
    const accepted = this.#substitute(data, depth)
    this.#freezable.length = frozen
    this.#part({ value, type: type.name, data: accepted })
    this.mutable = true
    return value
  }

  /** Walks `data` in the place of the object at `depth`. Ends also where each substitute is again an instance. */
  #substitute(data: unknown, depth: number): unknown {
    if (++this.#substitutes > DEEPEST) this.#refuse(depth, data, ENDLESS)
    const accepted = this.#child(data, this.#keys[depth - 1] ?? '', depth - 1)
    this.#substitutes--
    return accepted
  }

  #entries(value: Plain): void {
    for (const key of Object.keys(value)) if (isMarked(key)) this.#marked(key)
    this.#part({ value, type: PART.entries, data: Object.entries(value) })
  }

  #marked(value: string): void {
    this.#part({ value, type: PART.marked, data: MARK_GUARD + value })
  }

  #part(part: CustomPart): void {
    ;(this.custom ??= []).push(part)
  }

  /** The caller's own code fails: that is said, with the place. */
  #guard(depth: number, value: object, run: () => unknown): unknown {
    try {
      return run()
    } catch (cause) {
      return this.#refuse(depth, value, FAILED, cause)
    }
  }

  #refuse(depth: number, value: unknown, reason: string, cause?: unknown): never {
    throw refusal(this.#keys.slice(1, depth), value, reason, cause)
  }
}

function shallowCopy(source: Plain): Plain {
  const prototype = Object.getPrototypeOf(source) as object | null
  return prototype === null ? (Object.assign(Object.create(null), source) as Plain) : { ...source }
}

/** Somebody's library has given all objects an enumerable property: `for in` visits it everywhere. */
function isPolluted(prototype: object): boolean {
  for (const _ in prototype) return true
  return false
}
