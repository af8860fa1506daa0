import { HEAD } from '../../../src/entry/record.js'
import type { Dice } from '../../support/dice.js'
import type { Argument } from '../client/sent-command.js'
import {
  anyOf,
  ENTRIES,
  idOf,
  instantOf,
  KEYS,
  lifetimeOf,
  longVersionOf,
  recordOf,
  TAGS,
  VERSION,
  versionOf,
} from './plausible.js'

/** Keys and arguments of one call. */
export interface ScriptArguments {
  readonly keys: readonly string[]
  readonly args: readonly Argument[]
}

const entry = (dice: Dice): string => dice.pick(ENTRIES)
const anyTags = (dice: Dice): string[] => TAGS.filter(() => dice.chance(0.4))
const most = (lifetime: number): number => Math.ceil(lifetime * 1.25)
/** `channel, message`: some are told, some not. */
const told = (dice: Dice): string[] => [dice.pick(['', 'channel']), 'message']

const someEntries = (dice: Dice): string[] =>
  [entry(dice), entry(dice), dice.pick(KEYS)].slice(dice.int(0, 2))
/** Of one Redis, or none as in Cluster. */
const someVersions = (dice: Dice): string[] => (dice.chance(0.2) ? [] : [VERSION, ...anyTags(dice)])
/** How long each must be kept, and how long when that is set. */
const lifetimesOf = (dice: Dice, versions: readonly string[]): number[] =>
  versions.flatMap(() => {
    const lifetime = lifetimeOf(dice)
    return [lifetime, most(lifetime)]
  })
/** The places of some of them, the first always, each with what `rest` adds. */
const placesOf = (
  dice: Dice,
  versions: readonly string[],
  rest: (place: number) => string,
): string =>
  versions.flatMap((_, i) => (i === 0 || dice.chance(0.7) ? [rest(i + 1)] : [])).join(' ')

/** Condition, ids, id seen, whether it can be used, run id, number of tags, last moment. */
const asked = (dice: Dice, tags: number): Argument[] => [
  dice.pick(['absent', 'present', 'is']),
  dice.pick(['', idOf(dice), `${idOf(dice)} ${idOf(dice)}`]),
  idOf(dice),
  dice.int(0, 1),
  dice.pick(['', '', 'aaaa']),
  tags,
  instantOf(dice),
]

/** Any keys, any arguments: for a script that is not named below. Better than nothing. */
export function mixture(dice: Dice): ScriptArguments {
  const keys = Array.from({ length: dice.int(1, 3) }, () => dice.pick(KEYS))
  return { keys, args: Array.from({ length: dice.int(0, 9) }, () => anyOf(dice)) }
}

/**
 * How the program calls each of its scripts, by the name under which it is exported; a line or two for each. Arguments that
 * a script does not take do no harm.
 */
export const SCRIPT_ARGUMENTS: Readonly<Record<string, (dice: Dice) => ScriptArguments>> = {
  WRITE: (dice) => {
    const tags = anyTags(dice)
    const lifetime = lifetimeOf(dice)
    const head = [recordOf(dice), lifetime, instantOf(dice), idOf(dice), most(lifetime), 'aaaa']
    const expected = [VERSION, ...tags].map(() => versionOf(dice))
    return { keys: [entry(dice), VERSION, ...tags], args: [...head, ...told(dice), ...expected] }
  },
  WRITE_IF: (dice) => {
    const [tags, there] = [anyTags(dice), anyTags(dice)]
    const lifetime = lifetimeOf(dice)
    const record = [recordOf(dice), lifetime, most(lifetime), idOf(dice), 'aaaa']
    const expected = [VERSION, ...tags].map(() => versionOf(dice))
    const args = [...asked(dice, tags.length), ...record, ...told(dice)]
    if (dice.chance(0.2)) return { keys: [entry(dice)], args }
    const names = there.map((tag) => tag.slice(-2, -1))
    return {
      keys: [entry(dice), VERSION, ...tags, ...there],
      args: [...args, ...expected, ...names],
    }
  },
  REMOVE_IF: (dice) => {
    const there = anyTags(dice)
    const args = [...asked(dice, 0), ...told(dice)]
    if (dice.chance(0.2)) return { keys: [entry(dice)], args }
    const names = there.map((tag) => tag.slice(-2, -1))
    return { keys: [entry(dice), VERSION, ...there], args: [...args, ...names] }
  },
  STAMP: (dice) => {
    const lifetime = lifetimeOf(dice)
    const seed = dice.pick([idOf(dice), versionOf(dice), longVersionOf(dice)])
    const isNamespace = dice.chance(0.7)
    const keys = [isNamespace ? VERSION : dice.pick(TAGS), ...anyTags(dice)]
    return { keys, args: [seed, lifetime, most(lifetime), 'aaaa', Number(isNamespace)] }
  },
  SOFTEN: (dice) => ({
    keys: [VERSION, ...TAGS.slice(dice.int(0, 1))].slice(dice.int(0, 1)),
    args: [idOf(dice), dice.int(1, 2), ...told(dice)],
  }),
  EXPIRE: (dice) => ({
    keys: [entry(dice)],
    args: dice.pick<readonly Argument[]>([told(dice), EXPIRE_OFFSETS]),
  }),
  REMOVE: (dice) => ({ keys: [entry(dice), entry(dice)], args: told(dice) }),
  ACQUIRE: (dice) => {
    const [versions, entries] = [someVersions(dice), someEntries(dice)]
    const asked = entries.flatMap(() => [
      idOf(dice),
      lifetimeOf(dice),
      idOf(dice),
      dice.pick(['wait', 'share', 'force']),
      idOf(dice),
      dice.int(0, 1),
      placesOf(dice, versions, String),
    ])
    const head = [instantOf(dice), 'aaaa', versions.length, ...lifetimesOf(dice, versions)]
    return { keys: [...versions, ...entries], args: [...head, ...asked] }
  },
  TAKE: (dice) => {
    const keys = [...new Set([entry(dice), entry(dice), dice.pick(KEYS)])]
    return { keys, args: [lifetimeOf(dice), ...keys.map(() => recordOf(dice))] }
  },
  RENEW: (dice) => ({ keys: [entry(dice)], args: [idOf(dice), lifetimeOf(dice)] }),
  FILL: (dice) => {
    const [versions, entries] = [someVersions(dice), someEntries(dice)]
    const fills = entries.flatMap(() => [
      idOf(dice),
      recordOf(dice),
      lifetimeOf(dice),
      'message',
      dice.int(0, 1),
      placesOf(dice, versions, (place) => `${place} ${versionOf(dice)}`),
    ])
    const head = [dice.pick(['', 'channel']), versions.length, ...lifetimesOf(dice, versions)]
    return { keys: [...versions, ...entries], args: [...head, ...fills] }
  },
  RELEASE: (dice) => {
    const how = dice.pick(['quiet', 'drop', 'rest', 'fail'])
    const args = [idOf(dice), how, 'text', lifetimeOf(dice), ...told(dice)]
    return { keys: [entry(dice)], args }
  },
  INVALIDATE: (dice) => ({ keys: [VERSION, dice.pick(TAGS), ...anyTags(dice)], args: told(dice) }),
  CLEAR: (dice) => ({ keys: [VERSION], args: [idOf(dice), ...told(dice)] }),
  ADOPT: (dice) => ({
    keys: [VERSION],
    args: [
      dice.pick(['aaaa', 'bbbb']),
      idOf(dice),
      lifetimeOf(dice),
      dice.pick(['clear', 'keep']),
      ...told(dice),
    ],
  }),
  MARK: (dice) => ({ keys: [dice.pick(['s1:x:m:r:AAAAAAAAAAAA:x:{a}', ...KEYS])], args: [] }),
  BEAT: (dice) => ({ keys: ['s1:x:h:AAAAAAAAAAAA', VERSION, 'absent'], args: [dice.int(1, 9)] }),
}

const EXPIRE_OFFSETS: readonly Argument[] = [
  HEAD.MAGIC_AT,
  HEAD.MAGIC_AT + HEAD.MAGIC_WIDTH - 1,
  HEAD.MAGIC,
  HEAD.FRESH_AT,
  HEAD.NEVER,
  HEAD.FRESH_AT + HEAD.FRESH_WIDTH - 1,
  HEAD.STALE_AT,
  HEAD.STALE_AT + HEAD.STALE_WIDTH - 1,
]
