import type { Configuration } from './configuration.js'
import { readOptions } from './read-options.js'
import type { Setting } from './setting.js'
import { SETTING_NAMES, SETTINGS, type SettingName } from './setting-table.js'

export interface SettingInForce {
  readonly name: SettingName
  /** As it could be written, without passwords and tokens. Null: there is none. */
  readonly value: unknown
  readonly from: string
}

export interface ConfigurationInForce {
  readonly settings: readonly SettingInForce[]
  readonly warnings: readonly string[]
}

/** For people: what a service of this configuration goes by. Throws `InvalidOptionError`. */
export function inForce(configuration: Configuration): ConfigurationInForce {
  const { settings, warnings } = readOptions(configuration.options)
  return {
    settings: SETTING_NAMES.map((name) => {
      const setting = SETTINGS[name] as Setting<unknown>
      const value = setting.show(settings[name]) ?? null
      return { name, value, from: configuration.placeOf(name) }
    }),
    warnings: [...configuration.warnings, ...warnings],
  }
}
