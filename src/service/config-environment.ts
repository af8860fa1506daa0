import { didYouMean } from '../entry/did-you-mean.js'
import { variableOf, type Said } from './setting-source.js'
import { SETTING_NAMES, SETTINGS, type SettingName } from './setting-table.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says. A variable that is empty says nothing. */
export function saidByEnvironment(env: Environment): ReadonlyMap<SettingName, Said> {
  const said = new Map<SettingName, Said>()
  // what many places call it; the name of ours comes after it, and stands
  const url = env['REDIS_URL'] ?? ''
  if (url !== '') said.set('redis', { value: url, place: 'REDIS_URL' })
  for (const name of SETTING_NAMES) {
    const variable = variableOf(name)
    const text = env[variable] ?? ''
    if (text !== '') said.set(name, { value: readText(name, text), place: variable })
  }
  return said
}

function readText(name: SettingName, text: string): unknown {
  return SETTINGS[name].fromText(text)
}

/** Variables that were meant to say something, as it seems, and say nothing. */
export function misspelt(env: Environment): readonly string[] {
  const known = [...SETTING_NAMES.map(variableOf), variableOf('config')]
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('STRATA_') || known.includes(name) || OTHERS.has(name)) return []
    const meant = didYouMean(name, known)
    return meant === '' ? [] : [`${name} is no setting${meant}`]
  })
}

/** Variables of other parts of Strata. */
const OTHERS: ReadonlySet<string> = new Set([
  'STRATA_URL',
  'STRATA_ADMIN_URL',
  'STRATA_TOKEN',
  'STRATA_LISTENER',
])
