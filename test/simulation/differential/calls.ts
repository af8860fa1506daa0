import { encodeRecord, HEAD, type RecordFields } from '../../../src/entry/record.js'
import * as scripts from '../../../src/redis/scripts.js'
import type { Dice } from '../../support/dice.js'
import type { Argument } from '../client/sent-command.js'

/** One command for both servers. */
export type Call = readonly [name: string, ...args: Argument[]]

/** A script with a way to call it as the program does. */
export interface ScriptCase {
  readonly name: string
  readonly lua: string
  readonly args: (dice: Dice) => Argument[]
}

/** Few enough that calls meet. */
export const KEYS = ['s1:x:e:{a}', 's1:x:e:{b}', 's1:x:t:{a}', 's1:x:v', 'list', 'hash', 'absent']

/** So few that two calls mean the same id now and then; none that could be taken for a lifetime. */
const LETTERS = ['A', 'b', 'z', '-', '_']

export function idOf(dice: Dice): string {
  return dice.pick(LETTERS).repeat(12)
}

function versionOf(dice: Dice): string {
  return `${idOf(dice)}.${idOf(dice)}`
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

export function recordOf(dice: Dice): Buffer {
  const freshUntil = Number(instantOf(dice))
  const fields: RecordFields = {
    id: idOf(dice),
    freshUntil,
    created: freshUntil,
    loadTime: 3,
    staleUntil: freshUntil + dice.pick([0, 60_000]),
    stamps: [{ name: '', hard: idOf(dice), soft: idOf(dice) }],
    body: { kind: 0, flags: 0, contentType: '', bytes: bytesOf(dice) },
  }
  const record = encodeRecord(fields)
  if (dice.chance(0.5)) record.write(idOf(dice), HEAD.TOKEN_AT, 'latin1')
  return record
}

function bytesOf(dice: Dice): Buffer {
  return Buffer.from(Array.from({ length: dice.int(0, 60) }, () => dice.int(0, 255)))
}

/** What nobody should pass, and somebody will. Nothing between 0 and a second that could be taken for a lifetime. */
export function oddOf(dice: Dice): Argument {
  return dice.pick(ODD)
}

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

function anyOf(dice: Dice): Argument {
  const make = dice.pick([idOf, versionOf, instantOf, lifetimeOf, recordOf, oddOf])
  return make(dice)
}

/** How the program calls a script. One that is not named here gets a mixture of everything: better than nothing. */
const ARGUMENTS: Readonly<Record<string, ScriptCase['args']>> = {
  WRITE: (dice) => [recordOf(dice), lifetimeOf(dice), instantOf(dice)],
  STAMP: (dice) => {
    const lifetime = lifetimeOf(dice)
    return [versionOf(dice), lifetime, Math.ceil(lifetime * 1.25)]
  },
  KEEP: (dice) => {
    const lifetime = lifetimeOf(dice)
    return [lifetime, Math.ceil(lifetime * 1.25)]
  },
  SOFTEN: (dice) => [idOf(dice)],
  EXPIRE: () => [
    HEAD.MAGIC_AT,
    HEAD.MAGIC_AT + HEAD.MAGIC_WIDTH - 1,
    HEAD.MAGIC,
    HEAD.FRESH_AT,
    HEAD.NEVER,
    HEAD.FRESH_AT + HEAD.FRESH_WIDTH - 1,
    HEAD.STALE_AT,
    HEAD.STALE_AT + HEAD.STALE_WIDTH - 1,
  ],
}

const mixture = (dice: Dice): Argument[] =>
  Array.from({ length: dice.int(0, 9) }, () => anyOf(dice))

/** Every script that the program has. */
export const SCRIPTS: readonly ScriptCase[] = Object.entries(scripts).flatMap(([name, value]) => {
  const lua = luaOf(value)
  return lua === undefined ? [] : [{ name, lua, args: ARGUMENTS[name] ?? mixture }]
})

function luaOf(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported
  if (typeof exported !== 'object' || exported === null || !('lua' in exported)) return undefined
  return typeof exported.lua === 'string' ? exported.lua : undefined
}

/** A call of one of the scripts: as it should be, with something odd in it, with too few or with other arguments. */
export function scriptCall(dice: Dice): Call {
  const { lua, args: make } = dice.pick(SCRIPTS)
  const keyCount = dice.chance(0.8) ? 1 : dice.int(0, 3)
  const keys = Array.from({ length: keyCount }, () => dice.pick(KEYS))
  const args = dice.chance(0.9) ? make(dice) : mixture(dice)
  if (args.length > 0 && dice.chance(0.2)) args[dice.int(0, args.length - 1)] = oddOf(dice)
  if (dice.chance(0.05)) args.pop()
  return ['EVAL', lua, keyCount, ...keys, ...args]
}
