/** Why a request went forward (RFC 9211 section 2.2). */
export type ForwardReason =
  'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'request' | 'stale' | 'partial'

/** How this cache handled a request (RFC 9211 section 2). */
export interface CacheStatus {
  /** Answered without going forward. With it, all that is about going forward is left out. */
  readonly hit?: boolean | undefined
  readonly fwd?: ForwardReason | undefined
  /** The status the origin answered with. */
  readonly fwdStatus?: number | undefined
  readonly stored?: boolean | undefined
  readonly collapsed?: boolean | undefined
  /** Seconds of freshness left; negative for a stale response. */
  readonly ttl?: number | undefined
  readonly key?: string | undefined
  readonly detail?: string | undefined
}

/** The name of this cache: a token. */
const NAME = 'strata'
const HIT = `${NAME}; hit`

/** RFC 9651 section 3.3.1. */
const MOST = 999_999_999_999_999

/** RFC 9651 section 3.3.4. */
const TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/

/** One member of the field: `strata; hit; ttl=376`. */
export function formatCacheStatus(status: CacheStatus): string {
  const { hit = false, ttl, key, detail } = status
  let member = hit ? HIT : `${NAME}${forwardingOf(status)}`
  if (ttl !== undefined) member += `; ttl=${formatInteger(ttl)}`
  if (key !== undefined) member += `; key=${formatString(key)}`
  if (detail !== undefined) {
    member += `; detail=${TOKEN.test(detail) ? detail : formatString(detail)}`
  }
  return member
}

/** Whether the last word in the field is that of a cache of this name. */
export function isOwnStatus(field: string | undefined): boolean {
  return field !== undefined && /(?:^|,)\s*strata\s*(?:;[^,]*)?$/.test(field)
}

/** Behind those of the caches nearer to the origin (RFC 9211 section 2). */
export function appendCacheStatus(existing: string | undefined, member: string): string {
  return existing === undefined || existing.trim() === '' ? member : `${existing}, ${member}`
}

/** Means something only together with `fwd`. */
function forwardingOf({ fwd, fwdStatus, stored, collapsed }: CacheStatus): string {
  if (fwd === undefined) return ''
  const status = fwdStatus === undefined ? '' : `; fwd-status=${formatInteger(fwdStatus)}`
  return `; fwd=${fwd}${status}${formatFlag('stored', stored)}${formatFlag('collapsed', collapsed)}`
}

function formatFlag(name: string, value: boolean | undefined): string {
  if (value === undefined) return ''
  return value ? `; ${name}` : `; ${name}=?0`
}

function formatInteger(value: number): string {
  return String(Math.floor(Math.min(Math.max(value || 0, -MOST), MOST)))
}

/** RFC 9651 section 4.1.6. What no string may hold is percent-encoded. */
function formatString(text: string): string {
  const printable = text.replace(/[^ -~]+/g, percentEncode)
  return `"${printable.replace(/["\\]/g, String.raw`\$&`)}"`
}

function percentEncode(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&')
}
