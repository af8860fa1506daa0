/**
 * How instances of one class are stored: an element of the option `codec.types`. Only direct instances of the class are
 * meant; an instance of a subclass is refused, since it would come back as something else. What is stored without a type
 * (plain objects, arrays, Date, Map, Error ...) never takes one.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a list holds types of different classes; neither `unknown` nor `never` accepts them all
export interface CodecType<T = any> {
  /** Stored with each instance: renaming a type makes what is stored under the old name unreadable. */
  readonly name: string
  readonly class: new (...args: never[]) => T
  /** Gives data that can be stored; may contain instances of other types. Must not change `value`. */
  encode(value: T): unknown
  decode(data: unknown): T
}

const NONE: ReadonlyMap<object, CodecType> = new Map()
const INDEXES = new WeakMap<readonly CodecType[], ReadonlyMap<object, CodecType>>()

/** The types by the prototype of their instances. */
export function typesByPrototype(types: readonly CodecType[]): ReadonlyMap<object, CodecType> {
  if (types.length === 0) return NONE
  let index = INDEXES.get(types)
  if (index === undefined) {
    index = new Map(types.map((type) => [type.class.prototype as object, type]))
    INDEXES.set(types, index)
  }
  return index
}
