/** As deep as a value may be that is stored. */
const DEEPEST = 256

/** The timestamp, the one extension that the format itself defines: bytes it may have. */
const TIMESTAMP = 0xff
const TIMESTAMP_BYTES: ReadonlySet<number> = new Set([4, 8, 12])

/** Bytes behind the first one that tell a length, and whether they count bytes, elements, pairs, or bytes of an extension. */
type Head = readonly [width: 1 | 2 | 4, of: 'bytes' | 'elements' | 'pairs' | 'extension']

const HEADS: Readonly<Record<number, Head>> = {
  0xc4: [1, 'bytes'],
  0xc5: [2, 'bytes'],
  0xc6: [4, 'bytes'],
  0xc7: [1, 'extension'],
  0xc8: [2, 'extension'],
  0xc9: [4, 'extension'],
  0xd9: [1, 'bytes'],
  0xda: [2, 'bytes'],
  0xdb: [4, 'bytes'],
  0xdc: [2, 'elements'],
  0xdd: [4, 'elements'],
  0xde: [2, 'pairs'],
  0xdf: [4, 'pairs'],
}

/** Bytes that follow, by the first one: null, booleans, floats, integers. */
const FIXED: Readonly<Record<number, number>> = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
}

/**
 * Why bytes from a stranger are not to be given to a decoder; undefined: they are one value of plain msgpack, whose lengths are
 * true, not deeper than a value may be, and without extensions but the timestamp. A decoder makes room for what a head
 * promises before it looks whether it comes, and may know extensions that a stranger has no business with.
 */
export function msgpackFault(bytes: Uint8Array): string | undefined {
  /** How many values are still to come at each depth. */
  const open: number[] = [1]
  let at = 0
  for (;;) {
    while (open.at(-1) === 0) open.pop()
    if (open.length === 0) return at === bytes.length ? undefined : 'more than one value'
    open[open.length - 1] = (open.at(-1) ?? 0) - 1
    const step = stepAt(bytes, at)
    if (typeof step === 'string') return step
    at = step.end
    // each value has a byte at least
    if (at + step.values > bytes.length) return 'shorter than it says'
    if (step.values > 0) open.push(step.values)
    if (open.length > DEEPEST + 1) return `nested deeper than ${DEEPEST} levels`
  }
}

interface Step {
  /** Behind the head of what begins here, and behind its bytes if it has some. */
  readonly end: number
  /** That are in it. */
  readonly values: number
}

function stepAt(bytes: Uint8Array, at: number): Step | string {
  const first = bytes[at]
  if (first === undefined) return 'shorter than it says'
  if (first <= 0x7f || first >= 0xe0) return { end: at + 1, values: 0 }
  if (first <= 0x8f) return { end: at + 1, values: (first & 0x0f) * 2 }
  if (first <= 0x9f) return { end: at + 1, values: first & 0x0f }
  if (first <= 0xbf) return { end: at + 1 + (first & 0x1f), values: 0 }
  const fixed = FIXED[first]
  if (fixed !== undefined) return { end: at + 1 + fixed, values: 0 }
  if (first >= 0xd4 && first <= 0xd8) return extension(bytes, at + 1, 1 << (first - 0xd4))
  const head = HEADS[first]
  return head === undefined ? `a byte ${first} that means nothing` : stepOf(bytes, at + 1, head)
}

function stepOf(bytes: Uint8Array, at: number, [width, of]: Head): Step | string {
  const end = at + width
  if (end > bytes.length) return 'shorter than it says'
  let length = 0
  for (let i = at; i < end; i++) length = length * 256 + (bytes[i] as number)
  switch (of) {
    case 'bytes':
      return { end: end + length, values: 0 }
    case 'elements':
      return { end, values: length }
    case 'pairs':
      return { end, values: length * 2 }
    case 'extension':
      return extension(bytes, end, length)
  }
}

function extension(bytes: Uint8Array, at: number, length: number): Step | string {
  const type = bytes[at]
  if (type === TIMESTAMP && TIMESTAMP_BYTES.has(length)) return { end: at + 1 + length, values: 0 }
  return type === undefined ? 'shorter than it says' : 'an extension other than the timestamp'
}
