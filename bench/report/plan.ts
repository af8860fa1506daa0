import { readResult } from './results.js'

/** What runs now, and how long it and what comes after it take, by the runs that are kept. */
export function formatPlan([first = '', ...others]: readonly string[]): string {
  const now = `running ${first}: ${formatTime([first])}`
  return others.length === 0 ? now : `${now}; the ${others.length} after it: ${formatTime(others)}`
}

function formatTime(names: readonly string[]): string {
  const times = names.map((name) => readResult(name)?.conditions.seconds)
  const known = times.filter((time) => time !== undefined)
  if (known.length === 0) return 'not known how long'
  const minutes = Math.ceil(known.reduce((sum, time) => sum + time, 0) / 60)
  const rest = times.length - known.length
  return `about ${minutes} min${rest === 0 ? '' : ` and ${rest} of which it is not known`}`
}
