import { statSync } from 'node:fs'
import { InvalidOptionError } from '../errors.js'
import { parseTokens } from './parse-tokens.js'
import { readBounded } from './read-bounded.js'
import type { TokenOptions } from './service-options.js'
import { fromJson } from './setting-forms.js'

/** Read by anybody who has an account. */
const WORLD_READABLE = 0o004

export interface ReadTokens {
  readonly tokens: readonly TokenOptions[]
  readonly warnings: readonly string[]
}

/** Tokens, from their file if it is one that was said. Throws `InvalidOptionError`, which shows nothing of what is in it. */
export function readTokens(said: string | readonly TokenOptions[]): ReadTokens {
  if (typeof said !== 'string') return { tokens: said, warnings: [] }
  const value = fromJson(contentOf(said))
  if (!Array.isArray(value)) {
    const allowed = 'a JSON file with a list of { token, scopes, namespaces }'
    throw new InvalidOptionError('tokens', said, allowed)
  }
  return { tokens: parseTokens(value, said), warnings: warningsOf(said) }
}

function contentOf(path: string): string {
  try {
    return readBounded(path)
  } catch (error) {
    const allowed = `a file that can be read: ${(error as Error).message}`
    throw new InvalidOptionError('tokens', shown(path), allowed)
  }
}

/** A token in the place of a file has no name of one. */
function shown(path: string): string {
  return /\.[a-z]{1,8}$/i.test(path) ? path : `a text of ${path.length} characters`
}

function warningsOf(path: string): readonly string[] {
  // the bits mean something else there
  if (process.platform === 'win32') return []
  const { mode } = statSync(path)
  if ((mode & WORLD_READABLE) === 0) return []
  return [`${path} holds tokens, and every user of this machine may read it (chmod o-r)`]
}
