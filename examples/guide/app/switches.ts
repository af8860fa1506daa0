/** The optimisations of the application, in the order in which they are worth trying: the database first. */
export const switchNames = [
  'index',
  'limit',
  'columns',
  'pool',
  'batch',
  'memo',
  'l2',
  'l1',
  'route',
  'native',
] as const

export type SwitchName = (typeof switchNames)[number]
export type Switches = Readonly<Record<SwitchName, boolean>>

export const allOff: Switches = switchesOf(() => false)
export const allOn: Switches = switchesOf(() => true)

/** These on, all others off. */
export const only = (...names: readonly SwitchName[]): Switches =>
  switchesOf((name) => names.includes(name))

/** `index,l1`, `all` or `none`. */
export function parseSwitches(text: string): Switches {
  if (text === 'all') return allOn
  if (text === 'none') return allOff
  const names = text.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !isSwitch(name))
  if (unknown !== undefined) {
    throw new Error(
      `${JSON.stringify(unknown)} is no switch: 'all', 'none', or some of ${switchNames.join(',')}`,
    )
  }
  return only(...(names as SwitchName[]))
}

export const formatSwitches = (switches: Switches): string =>
  switchNames.filter((name) => switches[name]).join(',') || 'none'

const isSwitch = (name: string): name is SwitchName =>
  (switchNames as readonly string[]).includes(name)

function switchesOf(isOn: (name: SwitchName) => boolean): Switches {
  return Object.fromEntries(switchNames.map((name) => [name, isOn(name)])) as Switches
}
