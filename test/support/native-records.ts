import { HEARD, METHOD_NAMES, NOBODY, REQUEST_FLAG, TOLD } from '../../src/server/native-wire.js'

/** A request as the front in Rust writes it. */
export interface RecordedRequest {
  readonly slot?: number
  readonly generation?: number
  readonly flags?: number
  readonly version?: number
  readonly route?: number
  readonly ranges?: readonly number[]
  readonly fill?: number
  readonly method?: string
  readonly authority?: string
  readonly target?: string
  /** Where it is another than in the target. */
  readonly path?: string
  readonly client?: string
  readonly fields?: readonly string[]
  /** Of a body that does not come with it; undefined: chunked. */
  readonly length?: number | undefined
  readonly body?: Uint8Array
}

export function requestRecord(request: RecordedRequest): Buffer {
  const { method = 'GET', authority = 'x', target = '/', path, client = '127.0.0.1' } = request
  const { fields = [], ranges = [], body } = request
  const named = METHOD_NAMES.indexOf(method)
  const parts = [named > 0 ? '' : method, authority, target, path ?? '', client, fields.join('\0')]
  let flags = request.flags ?? 0
  if (path !== undefined) flags |= REQUEST_FLAG.hasPath
  if (body !== undefined) flags |= REQUEST_FLAG.hasBody
  const [methodBytes, authorityBytes, targetBytes, pathBytes, clientBytes, fieldBytes] = parts.map(
    (part) => part.length,
  ) as [number, number, number, number, number, number]
  const length = 'length' in request ? request.length : (body?.byteLength ?? 0)
  const words = [
    HEARD.request | (flags << 8),
    request.slot ?? 1,
    request.generation ?? 1,
    request.version ?? 0,
    (request.route ?? -1) >>> 0,
    request.fill ?? 0,
    0,
    0,
    ...longWords(length),
    Math.max(0, named),
    methodBytes,
    authorityBytes,
    targetBytes,
    pathBytes,
    clientBytes,
    fieldBytes,
    ranges.length / 2,
    body?.byteLength ?? 0,
    ...ranges,
  ]
  return record(words, Buffer.from(parts.join(''), 'latin1'), body ?? new Uint8Array(0))
}

export const NOBODYS = { slot: NOBODY, generation: 0 } as const

interface Id {
  readonly slot?: number
  readonly generation?: number
}

export function heardRecord(
  kind: keyof typeof HEARD,
  { slot = 1, generation = 1 }: Id = {},
  own: readonly number[] = [],
  bytes: Uint8Array = new Uint8Array(0),
): Buffer {
  return record([HEARD[kind], slot, generation, ...own], bytes)
}

/** What Rust was told, as words and texts. */
export interface Told {
  readonly kind: keyof typeof TOLD
  readonly slot: number
  readonly generation: number
  readonly flags: number
  readonly status?: number
  readonly head?: string
  readonly body?: Buffer
  readonly length?: number | undefined
  readonly token?: number
}

export function toldOf(bytes: Buffer): Told[] {
  const told: Told[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at)
    if (length % 4 !== 0 || length < 16) throw new Error(`a record of ${length} bytes`)
    told.push(oneOf(bytes.subarray(at, at + length)))
    at += length
  }
  return told
}

function oneOf(bytes: Buffer): Told {
  const word = (at: number): number => bytes.readUInt32LE(at * 4)
  const kind = Object.entries(TOLD).find(([, code]) => code === (word(1) & 0xff))?.[0]
  const told = {
    kind: kind as keyof typeof TOLD,
    slot: word(2),
    generation: word(3),
    flags: word(1) >>> 8,
  }
  const text = (at: number, length: number): string => bytes.toString('latin1', at, at + length)
  switch (told.kind) {
    case 'respond': {
      const at = (36 + word(5) + 3) & ~3
      const body = Buffer.from(bytes.subarray(at, at + word(6)))
      const head = text(36, word(5))
      return { ...told, status: word(4), head, body, length: longOf(word(7), word(8)) }
    }
    case 'streamStart': {
      return { ...told, status: word(4), head: text(36, word(5)), length: longOf(word(7), word(8)) }
    }
    case 'streamData': {
      return { ...told, body: Buffer.from(bytes.subarray(20, 20 + word(4))) }
    }
    case 'streamEnd': {
      return { ...told, head: text(20, word(4)) }
    }
    case 'inform': {
      return { ...told, status: word(4), head: text(24, word(5)) }
    }
    case 'fillEnd': {
      return { ...told, token: word(4) }
    }
    default: {
      return told
    }
  }
}

function longWords(length: number | undefined): [number, number] {
  if (length === undefined) return [0xffff_ffff, 0xffff_ffff]
  return [length >>> 0, Math.floor(length / 2 ** 32)]
}

function longOf(low: number, high: number): number | undefined {
  return low === 0xffff_ffff && high === 0xffff_ffff ? undefined : high * 2 ** 32 + low
}

/** Words, then each part on a word of its own. */
function record(words: readonly number[], ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.from(new Uint32Array([0, ...words]).buffer)
  const padded = parts.map((part) => Buffer.concat([part, Buffer.alloc(-part.byteLength & 3)]))
  const bytes = Buffer.concat([head, ...padded])
  bytes.writeUInt32LE(bytes.length, 0)
  return bytes
}
