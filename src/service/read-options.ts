import { InvalidOptionError } from '../errors.js'
import { assertGuarded } from './exposure.js'
import type { InForce } from './reloaded.js'
import type { ServiceOptions } from './service-options.js'
import { readServiceSettings, type ServiceSettings } from './service-settings.js'
import { readTokens } from './token-file.js'

export interface ReadOptions extends InForce {
  /** What a person should look at. */
  readonly warnings: readonly string[]
}

/** What options say, with the tokens from their file. Throws `InvalidOptionError` for the first that is wrong. */
export function readOptions(options: ServiceOptions): ReadOptions {
  const { settings, problems } = readServiceSettings(options)
  if (settings === undefined) throw problems[0]
  return withTokens(settings)
}

/** Everything that is wrong with them; none: `readOptions` takes them. */
export function problemsOf(options: ServiceOptions): readonly InvalidOptionError[] {
  const { settings, problems } = readServiceSettings(options)
  if (settings === undefined) return problems
  try {
    withTokens(settings)
    return []
  } catch (error) {
    if (error instanceof InvalidOptionError) return [error]
    throw error
  }
}

function withTokens(settings: ServiceSettings): ReadOptions {
  assertGuarded(settings)
  const said = settings.tokens
  const { tokens, warnings } = said === undefined ? NONE : readTokens(said)
  return { settings, tokens, warnings }
}

const NONE = { tokens: undefined, warnings: [] }
