import { InvalidOptionError } from '../errors.js'
import { parseTokens } from './parse-tokens.js'
import type { TokenOptions } from './service-options.js'
import { fromJson } from './setting-forms.js'
import type { Described, Setting } from './setting.js'

/**
 * A file, or its content. In the environment, where secrets may be, either; on a command line a file only, for everybody on
 * the machine can read those: the source of flags sees to it.
 */
export function tokensSetting(
  described: Described,
): Setting<string | readonly TokenOptions[] | undefined> {
  return {
    ...described,
    value: 'FILE',
    fromText: (text) => (isInline(text) ? fromJson(text) : text),
    parse(said, option) {
      if (said === undefined) return undefined
      if (Array.isArray(said)) return parseTokens(said, option)
      if (typeof said === 'string' && said !== '' && !isInline(said)) return said
      // whatever it is, it may hold tokens
      throw new InvalidOptionError(option, 'something else', 'a file, or a list of tokens')
    },
    show: (said) => (typeof said === 'object' ? `${said.length} tokens` : said),
  }
}

/** Whether a text is meant to be the tokens themselves. */
function isInline(text: string): boolean {
  return /^\s*[[{"]/.test(text)
}
