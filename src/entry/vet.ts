import { CodecError } from '../errors.js'
import type { CodecType } from './codec-type.js'
import { VIEW_BYTES } from './heap-size.js'
import type { CustomPart } from './part.js'
import { RawBody } from './raw-body.js'
import { refusal } from './refusal.js'
import { Walk } from './walk.js'

export type { CodecType } from './codec-type.js'
export type { CustomPart } from './part.js'

export interface VetOptions {
  /** Freeze everything that can be frozen, deeply, once the whole value has been accepted. */
  readonly freeze: boolean
  /** Instances of classes without a type: refused, or replaced by what `toJSON`, else their own properties, give. */
  readonly instances: 'refuse' | 'json'
  readonly types: readonly CodecType[]
}

export interface Vetted {
  /** The value given, or with `instances: 'json'` a value that shares all with it but the replaced places. */
  readonly value: unknown
  /** Estimate of heap bytes, >= 0. */
  readonly bytes: number
  /** Holds something that cannot be frozen: every hit must copy. */
  readonly mutable: boolean
  /** What the codec takes out before it encodes. */
  readonly custom: readonly CustomPart[]
}

const NO_PARTS: readonly CustomPart[] = Object.freeze([])

/**
 * The one walk over a value when it is stored: checks that all of it can be stored, estimates its size, freezes it. Throws
 * `CodecError` (with path and class) and then has changed nothing.
 *
 * What belongs to a value is what `structuredClone` takes: own enumerable properties with string keys. An accessor is read;
 * symbol keys, non-enumerable properties and further properties of an array, Date, Map, Set or RegExp are left out.
 */
export function vet(value: unknown, options: VetOptions): Vetted {
  if (value instanceof RawBody) {
    const bytes = VIEW_BYTES + value.bytes.byteLength
    return { value, bytes, mutable: false, custom: NO_PARTS }
  }
  const walk = new Walk(options)
  try {
    const accepted = walk.accept(value)
    if (options.freeze) walk.freeze()
    return {
      value: accepted,
      bytes: walk.bytes,
      mutable: walk.mutable,
      custom: walk.custom ?? NO_PARTS,
    }
  } catch (cause) {
    if (cause instanceof CodecError) throw cause
    throw refusal([], value, 'cannot be read: an accessor or proxy in it throws', cause)
  }
}
