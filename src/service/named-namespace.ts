import { formatDuration, LONGEST, parseDuration } from '../entry/duration.js'
import { knownOptions, parseBytes, parseCount } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import type { Quota } from './data-settings.js'
import { isNamespaceName, NAMESPACE_ALLOWED } from './namespace-name.js'

/** A namespace of the configuration. Undefined: as the service has it. */
export interface NamedNamespace {
  readonly ttl: number | undefined
  readonly grace: number | undefined
  readonly quota: Quota
}

const KB = 2 ** 10
const GB = 2 ** 30
const MOST = 10_000

/** By their names. Throws `InvalidOptionError`. */
export function parseNamed(value: unknown, option: string): ReadonlyMap<string, NamedNamespace> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidOptionError(option, value, 'an object: namespaces by their names')
  }
  const entries = Object.entries(value)
  if (entries.length > MOST) {
    throw new InvalidOptionError(option, entries.length, `at most ${MOST} namespaces`)
  }
  return new Map(
    entries.map(([name, said]) => {
      if (!isNamespaceName(name)) throw new InvalidOptionError(option, name, NAMESPACE_ALLOWED)
      return [name, parseOne(said, `${option}.${name}`)]
    }),
  )
}

function parseOne(value: unknown, option: string): NamedNamespace {
  const { ttl, grace, quota } = knownOptions(value ?? {}, ['ttl', 'grace', 'quota'], option)
  return Object.freeze({
    ttl: whenSaid(ttl, (said) => parseDuration(said, `${option}.ttl`, { max: LONGEST })),
    grace: whenSaid(grace, (said) => parseDuration(said, `${option}.grace`, { max: LONGEST })),
    quota: parseQuota(quota ?? {}, `${option}.quota`),
  })
}

function parseQuota(value: unknown, option: string): Quota {
  const said = knownOptions(value, ['bytes', 'entries', 'maxValue', 'maxKey'], option)
  return Object.freeze({
    bytes: whenSaid(said['bytes'], (v) => parseBytes(v, `${option}.bytes`, KB, 1_024 * GB)),
    entries: whenSaid(said['entries'], (v) => parseCount(v, `${option}.entries`, 1, 1e9)),
    maxValue: whenSaid(said['maxValue'], (v) => parseBytes(v, `${option}.maxValue`, 1, GB)),
    maxKey: whenSaid(said['maxKey'], (v) => parseCount(v, `${option}.maxKey`, 1, 65_536)),
  })
}

function whenSaid<V, T>(value: V | undefined, parse: (value: V) => T): T | undefined {
  return value === undefined ? undefined : parse(value)
}

/** For people. */
export function showNamed(named: ReadonlyMap<string, NamedNamespace>): unknown {
  return Object.fromEntries(
    [...named].map(([name, { ttl, grace, quota }]) => [
      name,
      {
        ttl: whenSaid(ttl, formatDuration),
        grace: whenSaid(grace, formatDuration),
        quota,
      },
    ]),
  )
}
