import type { Fields } from '../http/fields.js'

/**
 * On every answer of the service: what anybody has stored is never run, sniffed for something else, or taken into a page of
 * another site.
 */
export const GUARDING_FIELDS: Fields = Object.freeze([
  'x-content-type-options',
  'nosniff',
  'content-security-policy',
  "default-src 'none'; sandbox",
  'cross-origin-resource-policy',
  'same-origin',
])

/** Of what tells of the service at one moment. */
export const NEVER_KEPT = { 'cache-control': 'no-store' } as const
