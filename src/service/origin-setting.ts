import { InvalidOptionError } from '../errors.js'
import type { OriginOptions } from '../proxy/origin-options.js'
import { parseOriginSettings } from '../proxy/origin-settings.js'
import { parseOriginUrl } from '../proxy/origin-url.js'
import { parseOriginRules, type OriginRules } from './origin-rules.js'
import { fromJson, HIDDEN } from './setting-forms.js'
import type { Described, Setting } from './setting.js'

/** Settings of a service that is a proxy before a server. */

export function originSetting(described: Described): Setting<string | undefined> {
  return {
    ...described,
    value: 'URL',
    fromText: (text) => text,
    parse: (said, option) => (said === undefined ? undefined : originOf(said, option)),
    show: (said) => said,
  }
}

/** It may hold a password where none belongs: no error shows it. */
function originOf(said: unknown, option: string): string {
  try {
    return parseOriginUrl(said).origin
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    const shown = typeof said === 'string' ? HIDDEN : said
    throw new InvalidOptionError(option, shown, error.allowed)
  }
}

/** Judged with the origin. */
export function proxySetting(described: Described): Setting<OriginOptions | undefined> {
  return {
    ...described,
    value: 'JSON',
    fromText: fromJson,
    parse(said, option) {
      if (said === undefined || (typeof said === 'object' && said !== null)) {
        return said
      }
      throw new InvalidOptionError(option, said, 'an object')
    },
    // of an https origin there may be a key in it
    show: (said) => said && { ...said, ...(said.tls !== undefined && { tls: 'an object' }) },
  }
}

export function rulesSetting(described: Described): Setting<OriginRules> {
  return {
    ...described,
    value: 'JSON',
    fromText: fromJson,
    parse(said, option) {
      parseOriginRules(said, option)
      return said as OriginRules
    },
    show: (said) => said,
  }
}

export interface OriginValues {
  readonly origin: string | undefined
  readonly proxy: OriginOptions | undefined
  readonly rules: OriginRules
}

/** Throws `InvalidOptionError` for what does not go together. */
export function assertOrigin({ origin, proxy, rules }: OriginValues): void {
  if (origin !== undefined) {
    parseOriginSettings(origin, proxy ?? {}, 'proxy')
    return
  }
  if (proxy !== undefined) throw new InvalidOptionError('proxy', proxy, ONLY_WITH)
  if (Object.keys(rules).length > 0) throw new InvalidOptionError('rules', rules, ONLY_WITH)
}

const ONLY_WITH = 'nothing without an origin'
