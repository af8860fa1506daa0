import { parseDuration } from '../entry/duration.js'
import { knownOptions } from '../entry/option.js'
import type { ClientLoadOptions } from './client.js'
import { tagsOf } from './value-headers.js'

export const VALUE_NAMES = ['ttl', 'grace', 'tags', 'type'] as const

export const LOAD_DEFAULTS = { lease: '5s', wait: '2s', hardTimeout: '30s' } as const

/** Milliseconds. */
export interface LoadLimits {
  readonly lease: number
  readonly wait: number
  /** Undefined: the loader may take as long as it likes. */
  readonly hardTimeout: number | undefined
}

const NAMES = [...VALUE_NAMES, 'lease', 'wait', 'hardTimeout', 'signal'] as const

/** Checks all of the options, also those that are only used when something is stored. */
export function loadLimits(options: ClientLoadOptions): LoadLimits {
  knownOptions(options, NAMES)
  const {
    ttl = 0,
    grace = 0,
    tags,
    lease = LOAD_DEFAULTS.lease,
    wait = LOAD_DEFAULTS.wait,
    hardTimeout = LOAD_DEFAULTS.hardTimeout,
  } = options
  parseDuration(ttl, 'ttl')
  parseDuration(grace, 'grace')
  tagsOf(tags)
  return {
    lease: parseDuration(lease, 'lease', { min: 100, max: 60_000 }),
    wait: parseDuration(wait, 'wait', { max: 30_000 }),
    hardTimeout:
      hardTimeout === false ? undefined : parseDuration(hardTimeout, 'hardTimeout', { min: 1 }),
  }
}
