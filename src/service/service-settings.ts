import { InvalidOptionError } from '../errors.js'
import type { DataSettings, NamespaceSettings } from './data-settings.js'
import { memoryShare } from './memory-share.js'
import { LONGEST_NAMESPACE } from './namespace-name.js'
import { assertOrigin } from './origin-setting.js'
import type { ServiceOptions } from './service-options.js'
import { SETTING_NAMES, SETTINGS, type SettingName, type SettingValues } from './setting-table.js'

const MB = 2 ** 20

/** All settings of a service, resolved once, complete and frozen. */
export interface ServiceSettings extends SettingValues {
  readonly 'memory.maxBytes': number
  readonly responseBytes: number
}

/** Names that stand for groups: `memory` for `memory.maxBytes` and its like. */
const GROUPS = new Set(
  SETTING_NAMES.filter((name) => name.includes('.')).map((name) => name.split('.')[0] as string),
)

export type ReadSettings =
  | { readonly settings: ServiceSettings; readonly problems: readonly [] }
  | {
      readonly settings: undefined
      readonly problems: readonly [InvalidOptionError, ...InvalidOptionError[]]
    }

/** Options as settings, or everything that is wrong with them. */
export function readServiceSettings(options: ServiceOptions): ReadSettings {
  const problems: InvalidOptionError[] = []
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof InvalidOptionError)) throw error
      problems.push(error)
      return undefined
    }
  }
  const said = flatten(options, attempt)
  const values = Object.fromEntries(
    SETTING_NAMES.map((name) => [
      name,
      attempt(() => SETTINGS[name].parse(valueOf(said, name), name)),
    ]),
  ) as unknown as SettingValues
  if (problems.length === 0) attempt(() => assertTogether(values))
  const [first, ...others] = problems
  if (first !== undefined) return { settings: undefined, problems: [first, ...others] }
  return { settings: complete(values), problems: [] }
}

/** What the API goes by. */
export function dataSettingsOf(settings: ServiceSettings): DataSettings {
  const { maxValue, maxKey, maxBatch, maxNamespaces, otherNamespaces, ttl, grace } = settings
  const { 'quota.bytes': bytes, 'quota.entries': entries } = settings
  const quota = { bytes, entries, maxValue: undefined, maxKey: undefined }
  const named = [...settings.namespaces].map(([name, one]): [string, NamespaceSettings] => [
    name,
    { ttl: one.ttl ?? ttl, grace: one.grace ?? grace, quota: one.quota },
  ])
  return {
    maxValue,
    maxKey,
    maxBatch,
    maxNamespaces,
    otherNamespaces,
    namespaces: new Map(named),
    defaults: { ttl, grace, quota },
  }
}

/** Options by their dotted names. Groups are opened, one deep; unknown names are refused. */
function flatten(
  options: unknown,
  attempt: <T>(read: () => T) => T | undefined,
): ReadonlyMap<SettingName, unknown> {
  const said = new Map<SettingName, unknown>()
  const refuse = (option: string, value: unknown, allowed: string): void => {
    attempt(() => {
      throw new InvalidOptionError(option, value, allowed)
    })
  }
  const walk = (object: unknown, prefix: string): void => {
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      return refuse(prefix === '' ? 'options' : prefix.slice(0, -1), object, 'an object')
    }
    for (const [name, value] of Object.entries(object)) {
      const full = `${prefix}${name}`
      if (value === undefined) continue
      if (prefix === '' && GROUPS.has(name)) walk(value, `${name}.`)
      else if (Object.hasOwn(SETTINGS, full) && (prefix !== '' || !name.includes('.'))) {
        said.set(full as SettingName, value)
      } else refuse(full, kindOf(value), `no setting of this name${known(prefix)}`)
    }
  }
  walk(options, '')
  return said
}

/** `null` is something, and wrong. */
function valueOf(said: ReadonlyMap<SettingName, unknown>, name: SettingName): unknown {
  return said.has(name) ? said.get(name) : SETTINGS[name].default
}

function known(prefix: string): string {
  const names =
    prefix === ''
      ? new Set(SETTING_NAMES.map((name) => name.split('.')[0]))
      : SETTING_NAMES.filter((name) => name.startsWith(prefix)).map((n) => n.split('.')[1])
  return `; known: ${[...names].join(', ')}`
}

/** It may be anything, a secret as well. */
function kindOf(value: unknown): unknown {
  return typeof value === 'string' ? 'a text' : value
}

function assertShortNames(values: SettingValues): void {
  for (const name of values.namespaces.keys()) {
    const full = `${values.namespace}.${name}`
    if (full.length <= LONGEST_NAMESPACE) continue
    const allowed = `so short that '${full}' has at most ${LONGEST_NAMESPACE} characters`
    throw new InvalidOptionError(`namespaces.${name}`, name, allowed)
  }
}

function assertTogether(values: SettingValues): void {
  assertOrigin(values)
  assertShortNames(values)
  if (values['timeouts.request'] < values['timeouts.header']) {
    const allowed = `no less than timeouts.header (${values['timeouts.header']} ms)`
    throw new InvalidOptionError('timeouts.request', values['timeouts.request'], allowed)
  }
}

function complete(values: SettingValues): ServiceSettings {
  return Object.freeze({
    ...values,
    'memory.maxBytes': values['memory.maxBytes'] ?? memoryShare(256 * MB, 1 / 4),
    responseBytes: values.responseBytes ?? memoryShare(64 * MB, 1 / 8),
  })
}
