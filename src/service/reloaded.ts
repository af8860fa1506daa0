import { isDeepStrictEqual } from 'node:util'
import type { ServiceSettings } from './service-settings.js'
import type { TokenOptions } from './service-options.js'
import { SETTING_NAMES, type SettingName } from './setting-table.js'

/** What a service goes by at a moment. */
export interface InForce {
  readonly settings: ServiceSettings
  /** As read from where `settings.tokens` says; undefined: there are none. */
  readonly tokens: readonly TokenOptions[] | undefined
}

export interface Reloaded {
  /** Settings of which another value is in force now. */
  readonly changed: readonly SettingName[]
  /** Settings of which another value was said, and which keep theirs until the service starts again. */
  readonly needRestart: readonly SettingName[]
}

/** Those that the service looks up when it needs them. The others are part of what was built. */
const RELOADABLE: ReadonlySet<SettingName> = new Set([
  'tokens',
  'maxValue',
  'maxKey',
  'maxBatch',
  'ttl',
  'grace',
  'quota.bytes',
  'quota.entries',
  'maxNamespaces',
  'otherNamespaces',
  'namespaces',
  'logLevel',
  'timeouts.close',
])

/** From one configuration to the next, as far as that goes without a restart. */
export function reloadedFrom(before: InForce, wanted: InForce): Reloaded & InForce {
  const needRestart = SETTING_NAMES.filter((name) => needsRestart(name, before, wanted))
  const kept = Object.fromEntries(needRestart.map((name) => [name, before.settings[name]]))
  const settings: ServiceSettings = Object.freeze({ ...wanted.settings, ...kept })
  const tokens = needRestart.includes('tokens') ? before.tokens : wanted.tokens
  const changed = SETTING_NAMES.filter((name) => differs(name, before, { settings, tokens }))
  return { settings, tokens, changed, needRestart }
}

function needsRestart(name: SettingName, before: InForce, wanted: InForce): boolean {
  if (!differs(name, before, wanted)) return false
  if (!RELOADABLE.has(name)) return true
  // whom the listeners answer was decided when there were tokens to ask for
  return name === 'tokens' && wanted.tokens === undefined
}

/** Tokens count by what they are, not by where they were read. */
function differs(name: SettingName, one: InForce, other: InForce): boolean {
  if (name === 'tokens') return !isDeepStrictEqual(one.tokens, other.tokens)
  return !isDeepStrictEqual(one.settings[name], other.settings[name])
}
