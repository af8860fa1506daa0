import { parseSeconds } from './directive-argument.js'
import { trimOws } from './field-list.js'
import { linesOf } from './fields.js'
import { dateOf } from './date-field.js'
import type { ResponseHead } from './message.js'

/** Wall-clock milliseconds: when a request was sent, and when the head of its response had come. */
export interface ExchangeTimes {
  readonly requestAt: number
  readonly responseAt: number
}

/** How old a response was when it came, in milliseconds (RFC 9111 section 4.2.3). */
export function correctedInitialAge(response: ResponseHead, times: ExchangeTimes): number {
  const { requestAt, responseAt } = times
  const apparentAge = Math.max(0, responseAt - (dateOf(response, responseAt) ?? responseAt))
  const responseDelay = Math.max(0, responseAt - requestAt)
  return Math.max(apparentAge, ageValue(response) + responseDelay)
}

/** How old it is now, in milliseconds. A clock that was set back makes nothing younger than it came. */
export function currentAge(initialAge: number, storedAt: number, now: number): number {
  return initialAge + Math.max(0, now - storedAt)
}

/** Milliseconds. The first member of the field counts; one that is no number means no Age at all (RFC 9111 section 5.1). */
function ageValue(response: ResponseHead): number {
  const [line = ''] = linesOf(response.fields, 'age')
  const comma = line.indexOf(',')
  const first = trimOws(comma === -1 ? line : line.slice(0, comma))
  return (parseSeconds(first) ?? 0) * 1_000
}
