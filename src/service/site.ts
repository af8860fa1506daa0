import type { Context } from '../server/context.js'

/** What a page of another site is reduced to. */
const REFUSED_SITE = 'cross-site'

/**
 * What Sec-Fetch-Site says, as far as it matters: browsers send it with whatever a page asks for. Undefined: no browser, the
 * service's own page, or somebody who typed the address. Given what it gave, it gives the same.
 */
export function siteOf(field: string): typeof REFUSED_SITE | undefined {
  const site = field.trim().toLowerCase()
  return site === 'same-origin' || site === 'none' ? undefined : REFUSED_SITE
}

/** Whether a request is one of a page of another site. */
export function isCrossSite(c: Context): boolean {
  const field = c.req.header('sec-fetch-site')
  return field !== undefined && siteOf(field) === REFUSED_SITE
}
