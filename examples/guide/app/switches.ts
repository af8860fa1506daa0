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

/** What each does when it is on, and what stands in its place when it is off. */
export const switchTexts: Readonly<Record<SwitchName, string>> = {
  index: 'The tables have indexes on what is filtered and sorted by; off: primary keys only.',
  limit: 'The query says how many rows are shown; off: all are fetched and cut in JavaScript.',
  columns: 'The query names its columns; off: select *.',
  pool: 'Connections are kept and used again; off: a new one for each query.',
  batch:
    'Single loads of one turn become one query (define with batch: true); off: one query each.',
  memo: 'Results of the computation are kept (cache.memo); off: computed at each request.',
  l2: 'Loaded values are kept in Redis.',
  l1: 'Loaded values are kept in the memory of the process.',
  route: 'The whole response is kept.',
  native: 'Connections and routes are the business of the listener in Rust; off: node:http.',
}

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
