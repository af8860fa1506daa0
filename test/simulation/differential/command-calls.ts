import type { Dice } from '../../support/dice.js'
import type { Argument } from '../client/sent-command.js'
import type { Call } from './calls.js'
import { idOf, instantOf, KEYS, lifetimeOf, oddOf, recordOf } from './plausible.js'

const key = (dice: Dice): Argument => dice.pick(KEYS)
const number = (dice: Dice): Argument =>
  dice.pick<Argument>([0, 1, 3, 45, -1, -20, 100, '7', oddOf(dice)])
const value = (dice: Dice): Argument => dice.pick([recordOf(dice), idOf(dice), '12', oddOf(dice)])
/** Of SET and the like. */
const expiry = (dice: Dice): Argument[] =>
  dice.pick<Argument[]>([
    [],
    ['PX', lifetimeOf(dice)],
    ['px', oddOf(dice)],
    ['PXAT', instantOf(dice)],
    ['PX'],
    ['EX', 3_600],
    ['KEEPTTL'],
    ['KEEPTTL', 'PX', 60_000],
    [oddOf(dice)],
  ])
const condition = (dice: Dice): Argument[] =>
  dice.pick<Argument[]>([[], [], ['NX'], ['XX'], ['NX', 'XX'], ['GET']])

/** One generator a command: what a script or the program might say to Redis. */
const GENERATORS: readonly ((dice: Dice) => Call)[] = [
  (dice) => ['GET', key(dice)],
  (dice) => ['SET', key(dice), value(dice), ...expiry(dice), ...condition(dice)],
  (dice) => ['MGET', key(dice), key(dice), key(dice)],
  (dice) => [dice.pick(['DEL', 'UNLINK', 'EXISTS']), key(dice), key(dice)],
  (dice) => ['GETRANGE', key(dice), number(dice), number(dice)],
  (dice) => ['SETRANGE', key(dice), number(dice), value(dice)],
  (dice) => [dice.pick(['STRLEN', 'TYPE', 'PERSIST', 'GETDEL']), key(dice)],
  (dice) => ['PEXPIRE', key(dice), dice.pick<Argument>([lifetimeOf(dice), oddOf(dice)])],
  (dice) => ['PEXPIRE', key(dice), lifetimeOf(dice), dice.pick(['NX', 'XX', 'GT', 'LT', 'ZZ'])],
  (dice) => ['PEXPIREAT', key(dice), dice.pick<Argument>([instantOf(dice), oddOf(dice)])],
  (dice) => ['INCR', key(dice)],
  (dice) => ['INCRBY', key(dice), number(dice)],
  (dice) => ['RPUSH', 'list', idOf(dice)],
  (dice) => ['HSET', 'hash', idOf(dice), value(dice)],
  (dice) => ['HGET', dice.pick(['hash', 'list', 'absent']), idOf(dice)],
  (dice) => ['PUBLISH', 'channel', value(dice)],
  (dice) => ['PING', idOf(dice)],
  () => ['NOSUCH', 'a', 'b'],
  (dice) => [dice.pick(['GET', 'SET', 'SETRANGE', 'EVAL', 'EVALSHA', 'HSET']), key(dice)],
]

/** A plain command, or the same one within a script. */
export function commandCall(dice: Dice): Call {
  const call = dice.pick(GENERATORS)(dice)
  if (dice.chance(0.5)) return call
  const name = dice.pick(['redis.call', 'redis.pcall'])
  return ['EVAL', `return ${name}(unpack(ARGV))`, 0, ...call]
}
