import { encodeRecord, HEAD, type RecordFields } from '../../../src/entry/record.js'
import type { Dice } from '../../support/dice.js'
import type { Argument } from '../client/sent-command.js'

/** What the program passes to scripts, and what nobody should. */

export const ENTRIES = ['s1:x:e:{a}', 's1:x:e:{b}']
export const VERSION = 's1:x:v'
export const TAGS = ['s1:x:t:{a}', 's1:x:t:{b}']
/** Few enough that calls meet; some of another type. */
export const KEYS: readonly string[] = [...ENTRIES, VERSION, ...TAGS, 'list', 'hash', 'absent']

/** So few that two calls mean the same id now and then; none that could be taken for a lifetime. */
const LETTERS = ['A', 'b', 'z', '-', '_']

export function idOf(dice: Dice): string {
  return dice.pick(LETTERS).repeat(12)
}

export function versionOf(dice: Dice): string {
  return `${idOf(dice)}.${idOf(dice)}`
}

/** With the late-tag sequence and, of a namespace, the run id. */
export function longVersionOf(dice: Dice): string {
  const run = dice.pick(['', '.', '.aaaa'])
  return `${versionOf(dice)}.${dice.int(0, 3)}${run}`
}

/** Far enough from now that both servers agree on which side of it. */
export function instantOf(dice: Dice): string {
  const at = Date.now() + dice.pick([-3_600_000, -30_000, 60_000, 3_600_000])
  return dice.chance(0.5) ? String(at) : String(at).padStart(HEAD.FRESH_WIDTH, '0')
}

/**
 * Long enough that nothing expires in one of them before the other has looked, and so many different ones that hardly any
 * is compared with a remainder of itself, which is a millisecond less in one of them.
 */
export function lifetimeOf(dice: Dice): number {
  return dice.int(60_000, 80_000_000)
}

/** Names of the tags under `TAGS`. */
const TAG_NAMES = ['a', 'b']

/** With a lease or without, awaited or not; a value, a bare lease or a failure. */
export function recordOf(dice: Dice): Buffer {
  const freshUntil = Number(instantOf(dice))
  const fields: RecordFields = {
    id: idOf(dice),
    freshUntil,
    created: freshUntil,
    loadTime: 3,
    staleUntil: freshUntil + dice.pick([0, 60_000]),
    stamps: ['', ...TAG_NAMES.filter(() => dice.chance(0.3))].map((name) => ({
      name,
      hard: idOf(dice),
      soft: idOf(dice),
    })),
    body: { kind: 0, flags: 0, contentType: '', bytes: bytesOf(dice) },
  }
  const record = encodeRecord(fields)
  if (dice.chance(0.5)) {
    record.write(idOf(dice), HEAD.TOKEN_AT, 'latin1')
    record.write(instantOf(dice).padStart(HEAD.DEADLINE_WIDTH, '0'), HEAD.DEADLINE_AT, 'latin1')
  }
  if (dice.chance(0.3)) record.write('1', HEAD.AWAITED_AT, 'latin1')
  if (dice.chance(0.2)) record.write(dice.pick(['L', 'F', 'X']), HEAD.KIND_AT, 'latin1')
  return record
}

function bytesOf(dice: Dice): Buffer {
  return Buffer.from(Array.from({ length: dice.int(0, 60) }, () => dice.int(0, 255)))
}

/** Nothing here is a lifetime of less than a minute. */
const ODD: readonly Argument[] = [
  '',
  '0',
  '-1',
  '-60000',
  'abc',
  ' 1',
  '1.5',
  '1e20',
  '0x10',
  'nil',
  '9223372036854775807',
  '9223372036854775808',
  '.',
  HEAD.NO_LEASE,
  HEAD.NEVER,
  HEAD.MAGIC,
  'NX',
  'PX',
  '\r\n',
  Buffer.from([0, 255, 10, 13, 128]),
]

export function oddOf(dice: Dice): Argument {
  return dice.pick(ODD)
}

export function anyOf(dice: Dice): Argument {
  const make = dice.pick([idOf, versionOf, longVersionOf, instantOf, lifetimeOf, recordOf, oddOf])
  return make(dice)
}
