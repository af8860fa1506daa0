import type { SettingName } from './setting-table.js'

/** Where a setting may be said, and what it is called there. The same words everywhere. */

/** `memory.maxBytes`: `--memory-max-bytes`, without the dashes before it. */
export function flagOf(name: SettingName | 'config'): string {
  return name.replace(/\./g, '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `memory.maxBytes`: `STRATA_MEMORY_MAX_BYTES`. */
export function variableOf(name: SettingName | 'config'): string {
  return `STRATA_${flagOf(name).replace(/-/g, '_').toUpperCase()}`
}

/** What was said of a setting, and where. */
export interface Said {
  readonly value: unknown
  /** As a person would look for it: `--port`, `STRATA_PORT`. */
  readonly place: string
}

/** The part of a command line that settings are read from. */
export interface Flags {
  /** Undefined: not given. */
  flag(name: string): boolean | undefined
  text(name: string): string | undefined
}
