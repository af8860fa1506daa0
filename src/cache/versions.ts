/** What tells how new a value is. Numbers, bigints and dates are ordered; of strings it is only known whether they differ. */
export type Version = number | bigint | Date | string

/**
 * How the version of a cached value stands to that of the source. Undefined is one that nothing there has: a row that is not
 * there (any more) and a `null` that was cached for it are the same. A source that is older than the cache (a replica that
 * lags) does not prove the cache wrong. `unknown`: of kinds that cannot be compared.
 */
export function compareVersions(cached: unknown, source: unknown): 'same' | 'behind' | 'unknown' {
  const ours = plain(cached)
  const theirs = plain(source)
  if (ours === undefined || theirs === undefined) return ours === theirs ? 'same' : 'behind'
  if (!isVersion(ours) || !isVersion(theirs)) return 'unknown'
  if (typeof ours === 'string' || typeof theirs === 'string') {
    if (typeof ours !== typeof theirs) return 'unknown'
    return ours === theirs ? 'same' : 'behind'
  }
  return ours < theirs ? 'behind' : 'same'
}

/** As it is shown. */
export function textOfVersion(version: unknown): string | undefined {
  if (version === undefined || version === null) return undefined
  if (version instanceof Date) return isNaN(version.getTime()) ? 'NaN' : version.toISOString()
  return isVersion(version) ? String(version) : typeof version
}

function plain(version: unknown): unknown {
  if (version === null) return undefined
  return version instanceof Date ? version.getTime() : version
}

function isVersion(value: unknown): value is number | bigint | string {
  if (typeof value === 'number') return !isNaN(value)
  return typeof value === 'bigint' || typeof value === 'string'
}
