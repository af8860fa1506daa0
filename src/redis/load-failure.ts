import type { LoadFailure } from '../flight/lease.js'

/** Characters of a failure's text. */
const LONGEST = 1_024

/** A failed load as it stands in Redis for those who wait for it. */
export function formatFailure(failure: LoadFailure): string {
  const { name, code, message } = failure
  const cut = (text: string): string => text.slice(0, LONGEST / 4)
  return JSON.stringify({
    name: cut(name),
    ...(code === undefined ? {} : { code: cut(code) }),
    ...(message === undefined ? {} : { message: cut(message) }),
  })
}

/** Whatever stands there: it comes from another process. */
export function parseFailure(text: string): LoadFailure {
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch {
    return { name: 'Error' } // that it failed is known all the same
  }
  const { name, code, message } = Object(said) as Record<string, unknown>
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  }
}
