import { createHash } from 'node:crypto'
import { ID_LENGTH } from '../entry/id.js'
import type { Version } from './version.js'

/** What a lease was given under, as its token says. */
export interface LoanToken {
  readonly token: string
  /** Of the namespace. */
  readonly version: Version
  /** Digests of the versions of tags that were likely (Cluster). */
  readonly digests: readonly string[]
}

const DIGEST_LENGTH = 10

/** Tags of which a token carries the versions. */
export const MOST_CARRIED = 32

const FORM = new RegExp(
  `^1([\\w-]{${ID_LENGTH}})([\\w-]{${ID_LENGTH}})([\\w-]{${ID_LENGTH}})` +
    `\\.([0-9a-z]{1,11})(?:\\.((?:[\\w-]{${DIGEST_LENGTH}}){1,${MOST_CARRIED}}))?$`,
)

type Groups = readonly [
  all: string,
  token: string,
  hard: string,
  soft: string,
  digits: string,
  digests?: string,
]

/** Of the longest token, for who reads one off a wire. */
const LONGEST = 1 + 3 * ID_LENGTH + 1 + 11 + 1 + DIGEST_LENGTH * MOST_CARRIED

/**
 * `1`, lease token, the two ids of the namespace's version, a dot, its sequence in base 36; with digests a dot and these. Fit
 * for header fields and addresses. Not signed: what it may do is bound to the lease token, which cannot be guessed.
 */
export function formatLoan({ token, version, digests }: LoanToken): string {
  const { hard, soft, sequence } = version
  const text = `1${token}${hard}${soft}.${sequence.toString(36)}`
  return digests.length === 0 ? text : `${text}.${digests.join('')}`
}

/** Undefined for anything else, whatever it is. */
export function parseLoan(text: unknown): LoanToken | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined
  const found = FORM.exec(text)
  if (found === null) return undefined
  const [, token, hard, soft, digits, all = ''] = found as unknown as Groups
  const sequence = parseInt(digits, 36)
  if (!Number.isSafeInteger(sequence) || sequence.toString(36) !== digits) return undefined
  const digests: string[] = []
  for (let at = 0; at < all.length; at += DIGEST_LENGTH) {
    digests.push(all.slice(at, at + DIGEST_LENGTH))
  }
  return { token, version: { hard, soft, sequence, runId: '' }, digests }
}

/** Of the present life of a tag: as long as it is the same, the tag was not invalidated. */
export function digestOf(tag: string, { hard, soft }: Version): string {
  const hash = createHash('sha256').update(`${hard}.${soft}.${tag}`)
  return hash.digest('base64url').slice(0, DIGEST_LENGTH)
}
