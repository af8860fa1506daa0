import { basename, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CHECK_DEFAULTS, type CheckDefaults } from './defaults.js'
import type { Fault } from './fault.js'
import {
  arrayOf,
  assertFunction,
  assertKnown,
  numberOf,
  type NumberRange,
  objectOf,
  textOf,
} from './option.js'
import { CheckOptionError } from './option-error.js'
import type { CheckOptions, DatabaseOptions } from './options.js'

/** The options, complete. */
export interface CheckSettings extends Readonly<Record<NumberName, number>> {
  /** URL. */
  readonly driver: string
  readonly driverOptions: Readonly<Record<string, unknown>>
  readonly name: string
  readonly tags: number
  /** Milliseconds. */
  readonly minLatency: number
  /** Milliseconds. */
  readonly maxLatency: number
  readonly faults: readonly Fault[]
  readonly onProgress: CheckOptions['onProgress']
  readonly directory: string | undefined
  readonly execArgv: readonly string[]
}

const DAY = 86_400_000

/** Those whose range depends on nothing else. `duration` and `operations` may be Infinity by default. */
const NUMBERS: Readonly<Record<NumberName, NumberRange>> = {
  processes: { min: 1, max: 64, isWhole: true },
  clients: { min: 1, max: 1_000, isWhole: true },
  duration: { min: 1, max: 7 * DAY },
  operations: { min: 1, max: Number.MAX_SAFE_INTEGER, isWhole: true },
  keys: { min: 1, max: 100_000, isWhole: true },
  writeShare: { min: Number.MIN_VALUE, max: 1 },
  pause: { min: 0, max: 1_000, isWhole: true },
  seed: { min: 0, max: 2 ** 32 - 1, isWhole: true },
  maxStaleness: { min: 0, max: DAY },
  rest: { min: 0, max: 60_000 },
  operationTimeout: { min: 10, max: 600_000 },
}

type NumberName = Exclude<keyof CheckDefaults, 'tags' | 'database'> | 'seed' | 'operations'

const OTHERS = ['driver', 'driverOptions', 'name', 'tags', 'database', 'faults']
const OF_THE_RUN = ['onProgress', 'directory', 'execArgv']
const LATENCY: NumberRange = { min: 0, max: 60_000 }

/** Throws `CheckOptionError`. */
export function settingsOf(options: CheckOptions): CheckSettings {
  assertKnown(options, [...Object.keys(NUMBERS), ...OTHERS, ...OF_THE_RUN])
  const { driver, onProgress, execArgv } = options
  const numbers = numbersOf(options)
  const { keys } = numbers
  const tags = { min: 0, max: keys, isWhole: true }
  if (onProgress !== undefined) assertFunction('onProgress', onProgress)
  const url = urlOf(driver)
  return Object.freeze({
    ...numbers,
    ...latenciesOf(options.database),
    driver: url.href,
    driverOptions: objectOf('driverOptions', options.driverOptions),
    name: textOf('name', options.name) ?? basename(url.pathname, extname(url.pathname)),
    tags: numberOf('tags', options.tags, Math.min(CHECK_DEFAULTS.tags, keys), tags),
    faults: faultsOf(options.faults),
    onProgress,
    directory: textOf('directory', options.directory),
    execArgv: execArgv === undefined ? process.execArgv : arrayOf('execArgv', execArgv),
  })
}

function numbersOf(options: CheckOptions): Record<NumberName, number> {
  const fallback: Readonly<Record<NumberName, number>> = {
    ...CHECK_DEFAULTS,
    seed: Math.floor(Math.random() * 2 ** 32),
    operations: Number.POSITIVE_INFINITY,
    duration: options.operations === undefined ? CHECK_DEFAULTS.duration : Number.POSITIVE_INFINITY,
  }
  const names = Object.keys(NUMBERS) as NumberName[]
  return Object.fromEntries(
    names.map((name) => [name, numberOf(name, options[name], fallback[name], NUMBERS[name])]),
  ) as Record<NumberName, number>
}

function latenciesOf(given: DatabaseOptions = {}): Readonly<Required<DatabaseOptions>> {
  assertKnown(given, ['minLatency', 'maxLatency'], 'database')
  const { minLatency, maxLatency } = given
  const { database } = CHECK_DEFAULTS
  const max = numberOf('database.maxLatency', maxLatency, database.maxLatency, LATENCY)
  const range = { min: 0, max }
  const min = numberOf('database.minLatency', minLatency, database.minLatency, range)
  return { minLatency: min, maxLatency: max }
}

function urlOf(driver: unknown): URL {
  if (driver instanceof URL) return driver
  if (typeof driver !== 'string' || driver === '') {
    throw new CheckOptionError('driver', driver, 'the URL or the path of a module')
  }
  return driver.startsWith('file:') ? new URL(driver) : pathToFileURL(resolve(driver))
}

function faultsOf(given: readonly Fault[] | undefined): readonly Fault[] {
  const faults = arrayOf('faults', given)
  for (const [index, fault] of faults.entries()) {
    const option = `faults[${index}]`
    assertKnown(fault, ['at', 'every', 'do'], option)
    if ((fault.at === undefined) === (fault.every === undefined)) {
      throw new CheckOptionError(option, fault, 'exactly one of at and every')
    }
    numberOf(`${option}.at`, fault.at, 0, { min: 0, max: 7 * DAY })
    numberOf(`${option}.every`, fault.every, 1, { min: 1, max: 7 * DAY })
    assertFunction(`${option}.do`, fault.do)
  }
  return faults
}
