import type { RedisSource } from '../create-cache.js'
import { InvalidOptionError } from '../errors.js'
import { authorityOf } from '../server/authority.js'
import { parseNamed, showNamed, type NamedNamespace } from './named-namespace.js'
import { type Described, type Setting, yesOrNo } from './setting.js'

/** Settings whose values have forms of their own. */

const REDIS_ALLOWED = 'a URL, redis://host:port or rediss://host:port, or an object'

/** In the place of what may hold a password. */
export const HIDDEN = '*** (hidden: it may hold a password)'

/** Where it is a URL, it may hold a password: no error shows it. What else it may be, in a program, `createCache` judges. */
export function redisSetting(described: Described): Setting<RedisSource | undefined> {
  return {
    ...described,
    value: 'URL',
    fromText: (text) => (text.startsWith('{') ? fromJson(text) : text),
    parse(said, option) {
      if (said === undefined) return undefined
      if (typeof said === 'object' && said !== null) return said as RedisSource
      if (typeof said === 'string' && /^rediss?:\/\/\S/.test(said) && URL.canParse(said)) {
        return said
      }
      const shown = typeof said === 'string' ? HIDDEN : said
      throw new InvalidOptionError(option, shown, REDIS_ALLOWED)
    },
    show: (said) => (typeof said === 'string' ? withoutPassword(said) : said && membersOf(said)),
  }
}

export function nativeSetting(described: Described): Setting<boolean | 'auto'> {
  return {
    ...described,
    value: 'auto|true|false',
    fromText: yesOrNo,
    parse(said, option) {
      if (said === 'auto' || typeof said === 'boolean') return said
      throw new InvalidOptionError(option, said, "true, false, 'auto'")
    },
    show: (said) => said,
  }
}

export function hostsSetting(described: Described): Setting<readonly string[] | undefined> {
  return {
    ...described,
    value: 'NAMES',
    fromText: (text) => text.split(',').map((name) => name.trim()),
    parse(said, option) {
      if (said === undefined) return undefined
      const hosts: readonly unknown[] = Array.isArray(said) ? said : []
      const isGood = (host: unknown): host is string =>
        typeof host === 'string' && authorityOf(host, 'http') !== undefined
      if (hosts.length > 0 && hosts.length <= 1_000 && hosts.every(isGood)) return hosts
      throw new InvalidOptionError(option, said, 'a list of host names, with or without a port')
    },
    show: (said) => said,
  }
}

export function namespacesSetting(
  described: Described,
): Setting<ReadonlyMap<string, NamedNamespace>> {
  return { ...described, value: 'JSON', fromText: fromJson, parse: parseNamed, show: showNamed }
}

/** What is no JSON stays a text. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // refused by whoever parses the setting, who knows where it was said
    return text
  }
}

/** Their names alone. A client of a program's own has no members worth a word. */
function membersOf(source: object): string {
  const isPlain = Object.getPrototypeOf(source) === Object.prototype
  return isPlain ? `{ ${Object.keys(source).join(', ')} }` : 'an object'
}

function withoutPassword(url: string): string {
  const parsed = new URL(url)
  if (parsed.password !== '') parsed.password = '***'
  // a query may hold one as well
  return parsed.search === '' ? parsed.href : `${parsed.href.slice(0, -parsed.search.length)}?***`
}
