import { parseDuration } from '../entry/duration.js'
import type { Arguments } from './arguments.js'

/** Milliseconds of a flag, within a range. Throws `InvalidOptionError`. */
export function durationFlag(
  args: Arguments,
  name: string,
  fallback: number,
  range: { readonly min: number; readonly max: number },
): number {
  const said = args.text(name)
  return said === undefined ? fallback : parseDuration(said, `--${name}`, range)
}
