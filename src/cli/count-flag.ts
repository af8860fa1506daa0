import { parseCount } from '../entry/option.js'
import type { Arguments } from './arguments.js'

/** A whole number of a flag, within a range. Throws `InvalidOptionError`. */
export function countFlag(
  args: Arguments,
  name: string,
  fallback: number,
  range: { readonly min: number; readonly max: number },
): number {
  const said = args.text(name)
  if (said === undefined) return fallback
  return parseCount(/^\d+$/.test(said) ? Number(said) : said, `--${name}`, range.min, range.max)
}
