import type { Dice } from '../../support/dice.js'
import type { Argument } from '../client/sent-command.js'
import { KEYS, longVersionOf, lifetimeOf, oddOf, recordOf, TAGS, VERSION } from './plausible.js'
import { mixture, SCRIPT_ARGUMENTS } from './script-arguments.js'
import type { NamedScript } from './scripts.js'

/** One command for both servers. */
export type Call = readonly [name: string, ...args: Argument[]]

/** A call of one of the scripts: as it should be, with something odd in it, with too few or with other arguments. */
export function scriptCall(dice: Dice, scripts: readonly NamedScript[]): Call {
  if (dice.chance(0.15)) return somethingElse(dice)
  const { name, lua } = dice.pick(scripts)
  const make = (dice.chance(0.9) ? SCRIPT_ARGUMENTS[name] : undefined) ?? mixture
  const call = make(dice)
  const [keys, args] = [[...call.keys], [...call.args]]
  if (dice.chance(0.1)) keys[dice.int(0, keys.length - 1)] = dice.pick(KEYS)
  if (args.length > 0 && dice.chance(0.15)) args[dice.int(0, args.length - 1)] = oddOf(dice)
  if (dice.chance(0.05)) args.pop()
  return ['EVAL', lua, keys.length, ...keys, ...args]
}

/** What scripts find: records and versions that nobody would write like this, other types, nothing. */
function somethingElse(dice: Dice): Call {
  const key = dice.pick(KEYS.slice(0, 5))
  if (dice.chance(0.2)) return ['DEL', key]
  if (dice.chance(0.1)) return ['RPUSH', key, 'x']
  const isVersion = key === VERSION || TAGS.includes(key)
  const value = isVersion ? longVersionOf(dice) : recordOf(dice)
  return dice.chance(0.9) ? ['SET', key, value, 'PX', lifetimeOf(dice)] : ['SET', key, value]
}
