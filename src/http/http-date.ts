import { trimOws } from './field-list.js'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = `(${MONTHS.join('|')})`
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)'
const LONG_DAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const TIME = String.raw`(\d\d):(\d\d):(\d\d)`

// RFC 9110 section 5.6.7. Case is ignored, as RFC 9111 section 4.2 asks of caches. Every form is of bounded length.
const IMF_FIXDATE = new RegExp(String.raw`^${DAY}, (\d\d) ${MONTH} (\d{4}) ${TIME} gmt$`, 'i')
const RFC850 = new RegExp(String.raw`^${LONG_DAY}, (\d\d)-${MONTH}-(\d\d) ${TIME} gmt$`, 'i')
const ASCTIME = new RegExp(String.raw`^${DAY} ${MONTH} ([ \d]\d) ${TIME} (\d{4})$`, 'i')

/** What two-digit years are taken relative to when nothing better is known. */
const REFERENCE = Date.UTC(2025, 0)

/** The years 0000 and 9999. */
const FIRST = -62_167_219_200_000
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59)

/**
 * Milliseconds since 1970 of an HTTP-date in any of its three formats; undefined for anything else, other zones than GMT
 * and days that no calendar has included. The name of the day is not compared with the date.
 *
 * `now` (wall-clock ms) is for years of two digits: more than 50 years in the future means the past (RFC 9110 section 5.6.7).
 */
export function parseHttpDate(text: string, now: number = REFERENCE): number | undefined {
  const date = trimOws(text)
  const imf = IMF_FIXDATE.exec(date)
  if (imf !== null) return instant(Number(imf[3]), imf[2], imf[1], imf.slice(4))
  const old = RFC850.exec(date)
  if (old !== null) return instant(fullYear(Number(old[3]), now), old[2], old[1], old.slice(4))
  const asctime = ASCTIME.exec(date)
  if (asctime === null) return undefined
  return instant(Number(asctime[6]), asctime[1], asctime[2], asctime.slice(3, 6))
}

/** IMF-fixdate, the form senders use: `Sun, 06 Nov 1994 08:49:37 GMT`. Fractions of a second are dropped. */
export function formatHttpDate(ms: number): string {
  return new Date(Math.min(Math.max(ms || 0, FIRST), LAST)).toUTCString()
}

function instant(
  year: number,
  month: string | undefined = '',
  day: string | undefined = '',
  [hour, minute, second]: readonly string[] = [],
): number | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, MONTHS.indexOf(month.toLowerCase()), Number(day))
  const inMonth = date.getUTCDate() === Number(day)
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  if (!inMonth || h > 23 || m > 59 || s > 60) return undefined
  // A leap second is told as the second before: never later than what was meant (RFC 9111 section 4.2).
  return date.setUTCHours(h, m, Math.min(s, 59))
}

function fullYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + twoDigits
  if (year > thisYear + 50) return year - 100
  return year <= thisYear - 50 ? year + 100 : year
}
