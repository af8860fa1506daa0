/** Bounds of what is routed. Both matchers keep to them. */
export const ROUTE_LIMITS = {
  /** Characters of a request target; longer: 414. */
  targetBytes: 65_536,
  /** Segments of a path; more: 414. */
  segments: 128,
  /** Params of a pattern. */
  params: 32,
} as const
