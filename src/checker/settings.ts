import { basename, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Fault } from './fault.js'
import { CheckOptionError } from './option-error.js'
import type { CheckOptions } from './options.js'

type Numeric =
  | 'processes'
  | 'clients'
  | 'keys'
  | 'tags'
  | 'writeShare'
  | 'pause'
  | 'maxStaleness'
  | 'rest'
  | 'operationTimeout'
  | 'minLatency'
  | 'maxLatency'

/** The options, complete. */
export interface CheckSettings extends Readonly<Record<Numeric, number>> {
  /** URL. */
  readonly driver: string
  readonly driverOptions: Readonly<Record<string, unknown>>
  readonly name: string
  /** Milliseconds, or Infinity. */
  readonly duration: number
  /** Or Infinity. */
  readonly operations: number
  readonly seed: number
  readonly faults: readonly Fault[]
  readonly onProgress: CheckOptions['onProgress']
  readonly directory: string | undefined
  readonly execArgv: readonly string[]
}

const DAY = 86_400_000

/** What is used when an option is not given; durations in milliseconds. */
export const CHECK_DEFAULTS: Readonly<
  Record<Exclude<Numeric, 'minLatency' | 'maxLatency'> | 'duration', number>
> & { readonly database: Readonly<Record<'minLatency' | 'maxLatency', number>> } = {
  processes: 4,
  clients: 8,
  duration: 10_000,
  keys: 20,
  tags: 4,
  writeShare: 0.02,
  pause: 1,
  maxStaleness: 0,
  rest: 1_000,
  operationTimeout: 10_000,
  database: { minLatency: 0, maxLatency: 30 },
}

interface Range {
  readonly min: number
  readonly max: number
  readonly isWhole?: boolean
}

const RANGES = {
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
} as const satisfies Record<string, Range>

const NAMES = [
  ...Object.keys(RANGES),
  'tags',
  'driver',
  'driverOptions',
  'name',
  'database',
  'faults',
  'onProgress',
  'directory',
  'execArgv',
]

/** Throws `CheckOptionError`. */
export function settingsOf(options: CheckOptions): CheckSettings {
  assertKnown(options, NAMES, '')
  const { database = {}, operations, duration } = options
  assertKnown(database, ['minLatency', 'maxLatency'], 'database.')
  const number = (name: keyof typeof RANGES, fallback: number): number =>
    numberOf(name, options[name], fallback, RANGES[name])
  const defaults = CHECK_DEFAULTS
  const keys = number('keys', defaults.keys)
  const latency = { min: 0, max: 60_000 }
  const { minLatency: least, maxLatency: most } = defaults.database
  const maxLatency = numberOf('database.maxLatency', database.maxLatency, most, latency)
  return Object.freeze({
    ...locationOf(options),
    driverOptions: driverOptionsOf(options.driverOptions),
    processes: number('processes', defaults.processes),
    clients: number('clients', defaults.clients),
    duration:
      operations !== undefined && duration === undefined
        ? Number.POSITIVE_INFINITY
        : number('duration', defaults.duration),
    operations: number('operations', Number.POSITIVE_INFINITY),
    keys,
    tags: numberOf('tags', options.tags, Math.min(defaults.tags, keys), {
      min: 0,
      max: keys,
      isWhole: true,
    }),
    writeShare: number('writeShare', defaults.writeShare),
    pause: number('pause', defaults.pause),
    seed: number('seed', Math.floor(Math.random() * 2 ** 32)),
    maxStaleness: number('maxStaleness', defaults.maxStaleness),
    rest: number('rest', defaults.rest),
    operationTimeout: number('operationTimeout', defaults.operationTimeout),
    minLatency: numberOf('database.minLatency', database.minLatency, least, {
      min: 0,
      max: maxLatency,
    }),
    maxLatency,
    faults: faultsOf(options.faults ?? []),
    onProgress: options.onProgress,
    directory: options.directory,
    execArgv: options.execArgv ?? process.execArgv,
  })
}

function assertKnown(given: object, names: readonly string[], prefix: string): void {
  if (typeof given !== 'object' || given === null) {
    throw new CheckOptionError(prefix.slice(0, -1) || 'options', given, 'an object')
  }
  for (const [name, value] of Object.entries(given)) {
    if (names.includes(name)) continue
    throw new CheckOptionError(
      `${prefix}${name}`,
      value,
      `no option of this name; known: ${names.join(', ')}`,
    )
  }
}

function numberOf(option: string, value: unknown, fallback: number, range: Range): number {
  if (value === undefined) return fallback
  const { min, max, isWhole = false } = range
  const isGood =
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (!isWhole || Number.isInteger(value))
  if (isGood) return value
  const low = min === Number.MIN_VALUE ? 'above 0' : `${min}`
  throw new CheckOptionError(option, value, `a ${isWhole ? 'whole ' : ''}number, ${low} .. ${max}`)
}

function locationOf({ driver, name }: CheckOptions): {
  readonly driver: string
  readonly name: string
} {
  if (!(driver instanceof URL) && (typeof driver !== 'string' || driver === '')) {
    throw new CheckOptionError('driver', driver, 'the URL or the path of a module')
  }
  const isUrl = driver instanceof URL || driver.startsWith('file:')
  const url = isUrl ? new URL(driver) : pathToFileURL(resolve(driver))
  return { driver: url.href, name: name ?? basename(url.pathname, extname(url.pathname)) }
}

function driverOptionsOf(options: unknown = {}): Readonly<Record<string, unknown>> {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) {
    return options as Readonly<Record<string, unknown>>
  }
  throw new CheckOptionError('driverOptions', options, 'an object')
}

function faultsOf(faults: readonly Fault[]): readonly Fault[] {
  for (const [index, fault] of faults.entries()) {
    const option = `faults[${index}]`
    if ((fault.at === undefined) === (fault.every === undefined)) {
      throw new CheckOptionError(option, fault, 'exactly one of at and every')
    }
    numberOf(`${option}.at`, fault.at, 0, { min: 0, max: 7 * DAY })
    numberOf(`${option}.every`, fault.every, 1, { min: 1, max: 7 * DAY })
    if (typeof fault.do !== 'function')
      throw new CheckOptionError(`${option}.do`, fault.do, 'a function')
  }
  return [...faults]
}
