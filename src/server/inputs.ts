import { parseDirectives } from '../http/directives.js'
import { linesOf } from '../http/fields.js'
import { varyOf } from '../http/vary.js'
import type { Rule } from '../http/route-policy.js'
import type { ResponseHead } from '../http/message.js'
import type { Input, Witness } from './request-view.js'

/** Fields that the cache answers itself, or that are in every key. */
const SETTLED: ReadonlySet<string> = new Set([
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
])

/**
 * What a handler has read of a request while it made an answer for others. Whatever it read that does not tell answers
 * apart makes the answer its reader's alone: an input without a place in the key is how caches are poisoned.
 */
export class Inputs {
  readonly #rule: Rule
  /** Under a policy: the first that is not in the key. */
  #unkeyed: string | undefined
  /** Without one: fields that the response's Vary has to name. */
  readonly #read = new Set<string>()

  constructor(rule: Rule) {
    this.#rule = rule
  }

  readonly witness: Witness = (input, name) => {
    if (this.#rule.policy !== undefined) {
      if (!this.#isKeyed(input, name)) this.#unkeyed ??= describeInput(input, name)
    } else if (input === 'body' || input === 'raw') this.#unkeyed ??= describeInput(input, name)
    else if (input === 'cookie') this.#read.add('cookie')
    else if (input === 'header' && name !== undefined && !SETTLED.has(name)) this.#read.add(name)
  }

  /** The input because of which the response is for its reader only. */
  unkeyedIn(response: ResponseHead): string | undefined {
    if (this.#unkeyed !== undefined || this.#read.size === 0) return this.#unkeyed
    const vary = varyOf(response.fields)
    const isNamed = (name: string): boolean =>
      vary.includes(name) || (name === 'authorization' && isForAll(response))
    const missing = [...this.#read].find((name) => !isNamed(name))
    return missing === undefined ? undefined : describeInput('header', missing)
  }

  /** Whether an error may have come of an input that others who wait for the answer have otherwise; not `vary`. */
  isErrorOwn(vary: readonly string[]): boolean {
    return this.#unkeyed !== undefined || [...this.#read].some((name) => !vary.includes(name))
  }

  #isKeyed(input: Input, name: string | undefined): boolean {
    const { query, cookies } = this.#rule.key
    if (input === 'query' && query === undefined) return true
    if (name === undefined) return false
    if (input === 'query') return query?.includes(name) === true
    if (input === 'cookie') return cookies?.includes(name) === true
    return input === 'header' && this.#isKeyedHeader(name)
  }

  #isKeyedHeader(name: string): boolean {
    const { key, authorization, compress } = this.#rule
    if (name === 'authorization') return authorization === 'key'
    if (SETTLED.has(name) || (compress && name === 'accept-encoding')) return true
    return key.headers.some(([keyed]) => keyed === name)
  }
}

/**
 * Whether an answer says in so many words that it is for all who ask, with Authorization or without. must-revalidate, which
 * RFC 9111 section 3.5 would accept as well, says so of none that was made without it.
 */
function isForAll({ fields }: ResponseHead): boolean {
  const { public: isPublic, sMaxage } = parseDirectives(linesOf(fields, 'cache-control'))
  return isPublic || sMaxage !== undefined
}

function describeInput(input: Input, name: string | undefined): string {
  switch (input) {
    case 'body':
      return 'the body'
    case 'raw':
      return 'the whole request (raw)'
    default:
      return name === undefined ? `all of the ${input}` : `${input} '${name}'`
  }
}
