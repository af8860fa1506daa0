import { errorOf } from './error-data.js'

/**
 * A part of a value that msgpack cannot carry, or that msgpackr would not give back as it was. It travels beside the value
 * (see `codec.ts`), so that nothing inside a value can be mistaken for one.
 */
export interface CustomPart {
  /** The very object (or string) inside the value. */
  readonly value: unknown
  /** Name of a `codec.types` element, or one of the built-in forms. */
  readonly type: string | BuiltinPart
  /** What is stored for it; may contain other parts. */
  readonly data: unknown
}

/** Numbers, so that no name of a `codec.types` element can be one of them. Written in records: never renumber. */
export const PART = { error: 0, entries: 1, marked: 2, map: 3, set: 4 } as const
export type BuiltinPart = (typeof PART)[keyof typeof PART]

/** U+FEFF: TextDecoder takes it off the front of a longer string. */
const BYTE_ORDER_MARK = 0xfeff

/** msgpackr decodes shorter strings by hand; of a string over 64 bytes with a mark the length in units is over 20. */
const SHORTEST_MARKED = 20

/** Stands in front of a marked string where it is stored. */
export const MARK_GUARD = ' '

/** Whether the string would lose its first character where msgpackr has no native decoder. */
export function isMarked(text: string): boolean {
  return text.charCodeAt(0) === BYTE_ORDER_MARK && text.length > SHORTEST_MARKED
}

/**
 * Whether msgpackr cannot write an object with this key: it renames `__proto__`, and one `__keys__` breaks its table of
 * shapes, after which every object of the process that shares a prefix of the shape is written wrong.
 */
export function isReservedKey(key: string): boolean {
  const first = key.charCodeAt(0)
  return first === 0x5f
    ? key === '__proto__' || key === '__keys__'
    : first === BYTE_ORDER_MARK && isMarked(key)
}

/** Throws for data of a wrong shape. */
export function restoreBuiltin(type: BuiltinPart, data: unknown): unknown {
  switch (type) {
    case PART.error:
      return errorOf(data)
    case PART.entries:
      // Defines properties, does not assign them: `__proto__` becomes an own one.
      return Object.fromEntries(data as [string, unknown][])
    case PART.marked:
      return (data as string).slice(MARK_GUARD.length)
    case PART.map:
      return new Map(data as [unknown, unknown][])
    case PART.set:
      return new Set(data as unknown[])
    default:
      // The type says never; stored bytes may say anything.
      throw new TypeError(`no part ${String(type)}`)
  }
}
