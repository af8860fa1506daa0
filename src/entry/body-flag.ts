/** Bits of `Body.flags`. Written in records: never renumber. */
export const BODY_FLAG = {
  /** Kind 0: the bytes are the value with places left empty, and what belongs there (see `codec.ts`). */
  parts: 1,
  /** The bytes are compressed with brotli (see `compress.ts`). */
  brotli: 2,
} as const

/** All bits this version knows. */
export const KNOWN_FLAGS: number = BODY_FLAG.parts | BODY_FLAG.brotli
