import type { CommandContext } from './command.js'
import { MAX_INTEGER, parseInteger } from './integer.js'
import { ERRORS, ErrorReply, invalidExpire, OK, type Reply } from './reply.js'

interface SetOptions {
  readonly nx: boolean
  readonly xx: boolean
  readonly get: boolean
  readonly keepTtl: boolean
  /** The unit and its number. */
  readonly expire: readonly [unit: string, number: Buffer] | undefined
}

/** Milliseconds of one, and whether it is counted from now. */
const UNITS: Readonly<Record<string, { readonly ms: number; readonly relative: boolean }>> = {
  EX: { ms: 1_000, relative: true },
  PX: { ms: 1, relative: true },
  EXAT: { ms: 1_000, relative: false },
  PXAT: { ms: 1, relative: false },
}

export function set(context: CommandContext, args: readonly Buffer[]): Reply {
  const { keyspace } = context
  const [key, value] = args as [Buffer, Buffer]
  const options = parseOptions(args.slice(2))
  if (options === undefined) return ERRORS.syntax
  const expiresAt = options.expire && instantOf(context, ...options.expire)
  if (expiresAt instanceof ErrorReply) return expiresAt
  const old = keyspace.get(key)
  if (options.get && old !== undefined && !Buffer.isBuffer(old.value)) return ERRORS.wrongType
  const before = Buffer.isBuffer(old?.value) ? old.value : null
  if ((options.nx && old !== undefined) || (options.xx && old === undefined)) {
    return options.get ? before : null
  }
  keyspace.put(key, Buffer.from(value), options.keepTtl ? old?.expiresAt : expiresAt)
  return options.get ? before : OK
}

function instantOf(context: CommandContext, unit: string, number: Buffer): number | ErrorReply {
  const count = parseInteger(number)
  if (count === undefined) return ERRORS.notAnInteger
  const { ms, relative } = UNITS[unit]!
  const base = relative ? Math.floor(context.now) : 0
  if (count <= 0 || count * ms > MAX_INTEGER - base) return invalidExpire('set')
  return base + count * ms
}

/** Undefined: a syntax error. */
function parseOptions(words: readonly Buffer[]): SetOptions | undefined {
  let expire: SetOptions['expire']
  const flags = new Set<string>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!.toString('latin1').toUpperCase()
    const number = words[i + 1]
    if (UNITS[word] !== undefined) {
      if (number === undefined || expire !== undefined) return undefined
      expire = [word, number]
      i++
    } else if (['NX', 'XX', 'GET', 'KEEPTTL'].includes(word)) flags.add(word)
    else return undefined
  }
  const [nx, xx, keepTtl] = ['NX', 'XX', 'KEEPTTL'].map((flag) => flags.has(flag)) as [
    boolean,
    boolean,
    boolean,
  ]
  if ((nx && xx) || (keepTtl && expire !== undefined)) return undefined
  return { nx, xx, get: flags.has('GET'), keepTtl, expire }
}
