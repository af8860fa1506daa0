/** RFC 9110 section 15.1. Also 206, which is never stored here. */
const HEURISTICALLY_CACHEABLE: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501,
])

/**
 * Final statuses whose rules for caches are implemented (RFC 9110 section 15, 9111 section 3): those of RFC 9110 and, with
 * no rules of their own, of RFC 4918, 6585, 7725, 8297 and 8470.
 */
// prettier-ignore
const UNDERSTOOD: ReadonlySet<number> = new Set([
  200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308,
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 413, 414, 415, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451,
  500, 501, 502, 503, 504, 505, 507, 511,
])

/** About the request that was made and no other: ranges, conditions, what only updates a stored response. */
const NEVER_STORED: ReadonlySet<number> = new Set([206, 304, 412, 416])

export function isHeuristicallyCacheable(status: number): boolean {
  return HEURISTICALLY_CACHEABLE.has(status)
}

/** For must-understand (RFC 9111 section 5.2.2.3). */
export function isUnderstood(status: number): boolean {
  return UNDERSTOOD.has(status)
}

/** Whether the status is final and may be that of a stored response at all. */
export function isStorableStatus(status: number): boolean {
  return status >= 200 && status <= 599 && !NEVER_STORED.has(status)
}
