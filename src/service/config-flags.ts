import { flagOf, type Flags, type Said } from './setting-source.js'
import { SETTING_NAMES, SETTINGS, type SettingName } from './setting-table.js'

export interface SettingFlag {
  readonly name: string
  readonly value?: string | undefined
  readonly help: string
}

/** The flag of each setting, and of the file. */
export function settingFlags(): readonly SettingFlag[] {
  const config = { name: 'config', value: 'FILE', help: 'settings in YAML or JSON' }
  return [
    config,
    ...SETTING_NAMES.map((name) => {
      const { value, help, default: fallback } = SETTINGS[name]
      const isPlain = ['string', 'number', 'boolean'].includes(typeof fallback)
      const off = fallback === true ? `; --no-${flagOf(name)} for none` : ''
      const more = isPlain ? ` (${String(fallback)}${off})` : ''
      return { name: flagOf(name), value, help: `${help}${more}` }
    }),
  ]
}

/** What the command line says. */
export function saidByFlags(flags: Flags): ReadonlyMap<SettingName, Said> {
  const said = new Map<SettingName, Said>()
  for (const name of SETTING_NAMES) {
    const setting = SETTINGS[name]
    const flag = flagOf(name)
    const text = flags.text(flag)
    const value = setting.value === undefined ? flags.flag(flag) : text && readText(name, text)
    if (value !== undefined) said.set(name, { value, place: `--${flag}` })
  }
  return said
}

function readText(name: SettingName, text: string): unknown {
  // everybody on the machine can read a command line: tokens are not taken from one
  return name === 'tokens' ? text : SETTINGS[name].fromText(text)
}
