import { formatDuration, parseDuration } from '../entry/duration.js'
import { parseBytes, parseChoice, parseCount, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'

/** One setting, wherever it is said: as a flag, in the environment, in a file, as an option of `createService`. */
export interface Setting<T> {
  /** As it would be written; undefined: none. */
  readonly default: unknown
  /** One line for the help. */
  readonly help: string
  /** What a value is called there. Undefined: it is on or off. */
  readonly value: string | undefined
  /** What a text says, from a command line or the environment. What makes no sense stays as it is, to be refused. */
  fromText(text: string): unknown
  /** Throws `InvalidOptionError`. */
  parse(value: unknown, option: string): T
  /** For people: what JSON can say, without secrets. */
  show(value: T): unknown
}

export type Described = Pick<Setting<unknown>, 'default' | 'help'>

export function count(min: number, max: number, described: Described): Setting<number> {
  return {
    ...described,
    value: 'N',
    fromText: wholeNumber,
    parse: (said, option) => parseCount(said, option, min, max),
    show: (said) => said,
  }
}

export function bytes(min: number, max: number, described: Described): Setting<number> {
  return {
    ...described,
    value: 'BYTES',
    fromText: wholeNumber,
    parse: (said, option) => parseBytes(said, option, min, max),
    show: formatBytes,
  }
}

/** Milliseconds. */
export function duration(min: number, max: number, described: Described): Setting<number> {
  return {
    ...described,
    value: 'TIME',
    fromText: wholeNumber,
    parse: (said, option) => parseDuration(said, option, { min, max }),
    show: formatDuration,
  }
}

export function flag(described: Described): Setting<boolean> {
  return {
    ...described,
    value: undefined,
    fromText: yesOrNo,
    parse: parseFlag,
    show: (said) => said,
  }
}

export function choice<const C extends string>(
  choices: readonly C[],
  described: Described,
): Setting<C> {
  return {
    ...described,
    value: choices.join('|'),
    fromText: (text) => text,
    parse: (said, option) => parseChoice(said, option, choices),
    show: (said) => said,
  }
}

/** A text of a certain form, which `allowed` tells in words. */
export function text(
  form: RegExp,
  allowed: string,
  described: Described & { readonly value: string },
): Setting<string> {
  return {
    ...described,
    fromText: (said) => said,
    parse(said, option) {
      if (typeof said === 'string' && form.test(said)) return said
      throw new InvalidOptionError(option, said, allowed)
    },
    show: (said) => said,
  }
}

/** The same where there need be none. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return {
    ...setting,
    parse: (said, option) => (said === undefined ? undefined : setting.parse(said, option)),
    show: (said) => (said === undefined ? undefined : setting.show(said)),
  }
}

/** `true`, `1`, `false`, `0`; anything else stays a text. */
export function yesOrNo(text: string): unknown {
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : text
}

function wholeNumber(text: string): unknown {
  return /^\d{1,15}$/.test(text) ? Number(text) : text
}

/** As it could be written: 4194304 -> `4mb`. */
function formatBytes(size: number): string {
  for (const [unit, factor] of UNITS) {
    if (size >= factor && size % factor === 0) return `${size / factor}${unit}`
  }
  return `${size}b`
}

const UNITS = [
  ['gb', 2 ** 30],
  ['mb', 2 ** 20],
  ['kb', 2 ** 10],
] as const
